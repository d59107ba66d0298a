/**
 * What an answer looks like, painted on a canvas: backgrounds, lines, text, the paths of an SVG among them, and charts of ECharts drawn anew at
 * the picture’s size; also what has been scrolled out of sight. A chart says `data-painting` where it begins, and `data-no-painting` on what belongs to the page alone (menus, links).
 */
import { getInstanceByDom } from 'echarts/core';

type Context = CanvasRenderingContext2D;

export interface Painting {
  readonly width: number;
  readonly height: number;
  readonly draw: (context: Context) => void;
}

/** More would make pictures that nothing opens. */
const sideMax = 6_000;

/** `scale`: pixels of the picture for each of the page. */
export function paintingIn(box: HTMLElement, scale: number): Painting {
  const root = box.querySelector<HTMLElement>('[data-painting]') ?? box;
  const rects = [root, ...root.querySelectorAll('*')]
    .filter(isPainted)
    .map((each) => each.getBoundingClientRect());
  const [left, top] = [
    Math.min(...rects.map((rect) => rect.left)),
    Math.min(...rects.map((rect) => rect.top)),
  ];
  return {
    width: Math.min(sideMax, Math.ceil(Math.max(...rects.map(({ right }) => right)) - left)),
    height: Math.min(sideMax, Math.ceil(Math.max(...rects.map(({ bottom }) => bottom)) - top)),
    draw: (context) => {
      context.save();
      context.translate(-left, -top);
      context.textBaseline = 'middle';
      paint(root, context, scale);
      context.restore();
    },
  };
}

/** What is for screen readers alone has no size to speak of. */
function isPainted(element: Element): boolean {
  if (element.closest('[data-no-painting]') !== null) return false;
  const { width, height } = element.getBoundingClientRect();
  return width > 0 && height > 0 && (width > 1 || height > 1);
}

function paint(element: Element, context: Context, scale: number): void {
  if (!isPainted(element)) return;
  const style = getComputedStyle(element);
  if (style.visibility === 'hidden') return;
  const rect = element.getBoundingClientRect();
  context.save();
  context.globalAlpha *= Number(style.opacity);
  if (element instanceof SVGPathElement) paintPath(element, style, context);
  else if (!(element instanceof SVGElement)) paintBox(rect, style, context);
  // what scrolls is painted whole
  if (style.overflowX === 'hidden' || style.overflowX === 'clip') {
    context.beginPath();
    context.rect(rect.left, rect.top, rect.width, rect.height);
    context.clip();
  }
  const chart = element.hasAttribute('_echarts_instance_')
    ? getInstanceByDom(element as HTMLElement)
    : undefined;
  if (chart !== undefined) {
    const drawn = chart.renderToCanvas({ pixelRatio: scale, backgroundColor: 'transparent' });
    context.drawImage(drawn, rect.left, rect.top, rect.width, rect.height);
  }
  for (const child of chart === undefined ? element.childNodes : []) {
    if (child instanceof Element) paint(child, context, scale);
    else if (child instanceof Text) paintText(child, element, style, context);
  }
  context.restore();
}

function paintBox(rect: DOMRect, style: CSSStyleDeclaration, context: Context): void {
  const { left, top, width, height } = rect;
  // of stripes the first color, thinned
  const [stripe] = /(?:rgb|oklab|oklch|color)a?\([^()]*\)/.exec(style.backgroundImage) ?? [];
  context.beginPath();
  const corners = [
    style.borderTopLeftRadius,
    style.borderTopRightRadius,
    style.borderBottomRightRadius,
    style.borderBottomLeftRadius,
  ];
  context.roundRect(left, top, width, height, corners.map(Number.parseFloat));
  context.fillStyle = style.backgroundColor;
  context.fill();
  if (stripe !== undefined) {
    context.save();
    context.globalAlpha *= 0.6;
    context.fillStyle = stripe;
    context.fill();
    context.restore();
  }
  paintBorders(rect, style, context);
}

const sides = ['Top', 'Right', 'Bottom', 'Left'] as const;

function paintBorders(rect: DOMRect, style: CSSStyleDeclaration, context: Context): void {
  const { left, top, right, bottom, width, height } = rect;
  for (const side of sides) {
    if (style[`border${side}Style`] !== 'solid') continue;
    const line = Number.parseFloat(style[`border${side}Width`]);
    context.fillStyle = style[`border${side}Color`];
    if (side === 'Top') context.fillRect(left, top, width, line);
    else if (side === 'Bottom') context.fillRect(left, bottom - line, width, line);
    else context.fillRect(side === 'Left' ? left : right - line, top, line, height);
  }
}

function paintPath(path: SVGPathElement, style: CSSStyleDeclaration, context: Context): void {
  const matrix = path.getScreenCTM();
  if (matrix === null || style.fill === 'none') return;
  context.save();
  context.transform(matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f);
  context.globalAlpha *= Number(style.fillOpacity);
  context.fillStyle = style.fill;
  context.fill(new Path2D(path.getAttribute('d') ?? ''));
  context.restore();
}

function paintText(node: Text, parent: Element, style: CSSStyleDeclaration, context: Context): void {
  context.font = `${style.fontStyle} ${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
  context.fillStyle = style.color;
  const isCut = style.textOverflow === 'ellipsis' && parent.scrollWidth > parent.clientWidth;
  for (const { text, left, middle } of linesOf(node)) {
    const room = parent.getBoundingClientRect().right - left;
    context.fillText(isCut ? shortened(text, room, context) : text, left, middle);
  }
}

function shortened(text: string, room: number, context: Context): string {
  if (context.measureText(text).width <= room) return text;
  let length = text.length;
  while (length > 0 && context.measureText(`${text.slice(0, length)}…`).width > room) length -= 1;
  return `${text.slice(0, length)}…`;
}

interface Line {
  text: string;
  readonly left: number;
  readonly middle: number;
}

/** Text as the page breaks it. */
function linesOf(node: Text): readonly Line[] {
  const lines: Line[] = [];
  const range = document.createRange();
  for (const { 0: word, index } of node.data.matchAll(/\S+\s*/g)) {
    range.setStart(node, index);
    range.setEnd(node, index + word.trimEnd().length);
    const [rect] = range.getClientRects();
    if (rect === undefined || rect.width === 0) continue;
    // the page shows one blank for many
    const shown = word.replace(/\s+$/, ' ');
    const middle = rect.top + rect.height / 2;
    const last = lines.at(-1);
    if (last !== undefined && Math.abs(last.middle - middle) < 1) last.text += shown;
    else lines.push({ text: shown, left: rect.left, middle });
  }
  return lines;
}
