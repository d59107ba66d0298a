/**
 * The answer as a picture, with its title, its range and its background: a chart of ECharts is drawn anew at twice the size, an SVG as it stands,
 * and what is HTML as a table.
 */
import { getInstanceByDom } from 'echarts/core';
import type { Table } from '../kind.ts';
import { paintingIn } from './painting.ts';

interface PictureInput {
  /** Where the answer is drawn. */
  readonly box: HTMLElement;
  readonly title: string;
  readonly subtitle: string;
  readonly table: Table | undefined;
}

/** Pixels of the picture for each of the page. */
const scale = 2;
const padding = 24;
const headHeight = 64;
const lineHeight = 24;
const svgWidthMin = 200;
const tableRowsMax = 60;
const tableColumnsMax = 12;

interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly draw: (context: CanvasRenderingContext2D) => void;
}

/** Errors: Error in words. */
export async function savePng({ box, title, subtitle, table }: PictureInput): Promise<void> {
  const style = getComputedStyle(document.documentElement);
  const color = (name: string) => style.getPropertyValue(`--${name}`).trim();
  const drawing = paintingIn(box) ?? chartIn(box, color) ?? (await svgIn(box)) ?? tableDrawing(table, color);
  if (drawing === undefined) throw new Error('There is nothing here to draw.');
  const legend = legendOf(box);
  const width = drawing.width + 2 * padding;
  const rows = legendRows(legend, drawing.width);
  const canvas = document.createElement('canvas');
  canvas.width = width * scale;
  canvas.height = (headHeight + drawing.height + rows * lineHeight + padding) * scale;
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('This browser cannot draw pictures.');
  context.scale(scale, scale);
  context.fillStyle = color('card');
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.fillStyle = color('ink');
  context.font = '600 17px system-ui, sans-serif';
  context.fillText(title, padding, 30, drawing.width);
  context.fillStyle = color('faint');
  context.font = '13px system-ui, sans-serif';
  context.fillText(subtitle, padding, 50, drawing.width);
  context.save();
  context.translate(padding, headHeight);
  drawing.draw(context);
  context.restore();
  drawLegend(context, legend, drawing, color);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
  if (blob === null) throw new Error('This browser cannot save the picture.');
  saveAs(blob, `${title.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, '-')}.png`);
}

function saveAs(blob: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

function chartIn(box: HTMLElement, color: (name: string) => string): Drawing | undefined {
  const host = box.querySelector<HTMLElement>('[_echarts_instance_]');
  const chart = host === null ? undefined : getInstanceByDom(host);
  if (chart === undefined) return undefined;
  const picture = chart.renderToCanvas({ pixelRatio: scale, backgroundColor: color('card') });
  const [width, height] = [chart.getWidth(), chart.getHeight()];
  return { width, height, draw: (context) => context.drawImage(picture, 0, 0, width, height) };
}

/** Icons are SVG too: only what is as large as a chart counts. */
async function svgIn(box: HTMLElement): Promise<Drawing | undefined> {
  const svg = [...box.querySelectorAll('svg')].find((each) => each.getBoundingClientRect().width >= svgWidthMin);
  if (svg === undefined) return undefined;
  const { width, height } = svg.getBoundingClientRect();
  const copy = svg.cloneNode(true) as SVGSVGElement;
  copy.setAttribute('width', String(width));
  copy.setAttribute('height', String(height));
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  inlineStyles(svg, copy);
  const url = URL.createObjectURL(new Blob([new XMLSerializer().serializeToString(copy)], { type: 'image/svg+xml' }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    return { width, height, draw: (context) => context.drawImage(image, 0, 0, width, height) };
  } finally {
    URL.revokeObjectURL(url);
  }
}

const kept = ['fill', 'stroke', 'stroke-width', 'stroke-dasharray', 'opacity', 'fill-opacity', 'stroke-opacity', 'font', 'text-anchor'];

/** Classes and tokens of the page are not there in a picture. */
function inlineStyles(from: Element, to: Element): void {
  const style = getComputedStyle(from);
  for (const name of kept) (to as SVGElement).style.setProperty(name, style.getPropertyValue(name));
  for (const [index, child] of [...from.children].entries()) {
    const copy = to.children[index];
    if (copy !== undefined) inlineStyles(child, copy);
  }
}

function tableDrawing(table: Table | undefined, color: (name: string) => string): Drawing | undefined {
  if (table === undefined || table.rows.length === 0) return undefined;
  const columns = table.columns.slice(0, tableColumnsMax);
  const rows = table.rows.slice(0, tableRowsMax);
  const columnWidth = columns.length > 6 ? 110 : 160;
  const width = columns.length * columnWidth;
  const line = (context: CanvasRenderingContext2D, texts: readonly string[], y: number) => {
    for (const [index, text] of texts.entries()) {
      const isNumber = columns[index]?.isNumber ?? false;
      context.textAlign = isNumber ? 'right' : 'left';
      context.fillText(text, isNumber ? (index + 1) * columnWidth - 8 : index * columnWidth, y, columnWidth - 12);
    }
    context.textAlign = 'left';
  };
  return {
    width,
    height: (rows.length + 1) * lineHeight,
    draw: (context) => {
      context.font = '13px system-ui, sans-serif';
      context.fillStyle = color('faint');
      line(context, columns.map(({ name }) => name), 16);
      for (const [index, row] of rows.entries()) {
        const y = (index + 1) * lineHeight;
        context.fillStyle = color('line');
        context.fillRect(0, y, width, 1);
        context.fillStyle = color('ink');
        line(context, row.slice(0, columns.length).map(({ text }) => text), y + 16);
      }
    },
  };
}

interface LegendItem {
  readonly name: string;
  readonly color: string;
}

/** Whatever in the answer says `data-legend`: its text, and the color of the element within that says `data-legend-color`. */
function legendOf(box: HTMLElement): readonly LegendItem[] {
  return [...box.querySelectorAll('[data-legend]')].map((item) => {
    const dot = item.querySelector('[data-legend-color]');
    return { name: item.textContent ?? '', color: dot === null ? 'transparent' : getComputedStyle(dot).backgroundColor };
  });
}

const legendItemWidth = 200;
const legendColumns = (width: number) => Math.max(1, Math.floor(width / legendItemWidth));
const legendRows = (items: readonly LegendItem[], width: number) => Math.ceil(items.length / legendColumns(width));

function drawLegend(context: CanvasRenderingContext2D, items: readonly LegendItem[], { width, height }: Drawing, color: (name: string) => string): void {
  const columns = legendColumns(width);
  context.font = '13px system-ui, sans-serif';
  for (const [index, item] of items.entries()) {
    const x = padding + (index % columns) * legendItemWidth;
    const y = headHeight + height + Math.floor(index / columns) * lineHeight + 18;
    context.fillStyle = item.color;
    context.beginPath();
    context.arc(x + 5, y - 4, 5, 0, 2 * Math.PI);
    context.fill();
    context.fillStyle = color('soft');
    context.fillText(item.name, x + 16, y, legendItemWidth - 28);
  }
}
