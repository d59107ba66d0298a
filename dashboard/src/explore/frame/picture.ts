/** The answer as a picture, with its title, its range and its background. */
import { type Painting, paintingIn } from './painting.ts';

interface PictureInput {
  /** Where the answer is drawn. */
  readonly box: HTMLElement;
  readonly title: string;
  readonly subtitle: string;
}

/** Pixels of the picture for each of the page. */
const scale = 2;
const padding = 24;
const headHeight = 64;
const font = 'system-ui, sans-serif';

/** Errors: Error in words. */
export async function savePng({ box, title, subtitle }: PictureInput): Promise<void> {
  const painting = paintingIn(box, scale);
  const blob = await new Promise<Blob | null>((resolve) =>
    framed(painting, title, subtitle).toBlob(resolve, 'image/png'),
  );
  if (blob === null) throw new Error('This browser cannot save the picture.');
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = `${title.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, '-')}.png`;
  link.click();
  URL.revokeObjectURL(link.href);
}

function framed({ width, height, draw }: Painting, title: string, subtitle: string): HTMLCanvasElement {
  const style = getComputedStyle(document.documentElement);
  const color = (name: string) => style.getPropertyValue(`--${name}`).trim();
  const canvas = document.createElement('canvas');
  canvas.width = (width + 2 * padding) * scale;
  canvas.height = (headHeight + height + padding) * scale;
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('This browser cannot draw pictures.');
  context.scale(scale, scale);
  context.fillStyle = color('card');
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.fillStyle = color('ink');
  context.font = `600 17px ${font}`;
  context.fillText(title, padding, 30, width);
  context.fillStyle = color('faint');
  context.font = `13px ${font}`;
  context.fillText(subtitle, padding, 50, width);
  context.translate(padding, headHeight);
  draw(context);
  return canvas;
}
