/** Turns the reporter's JSON lines into lines for people: time, level, message, then the other fields as name=value. */
const colors: Readonly<Record<string, string>> = {
  debug: '\x1b[2m',
  info: '',
  warn: '\x1b[33m',
  error: '\x1b[31m',
};
const dim = '\x1b[2m';
const plain = '\x1b[0m';

export interface LineSink {
  write(line: string): unknown;
}

/** `colored`: with ANSI colors, for terminals. Times are UTC. */
export function textStream(sink: LineSink, colored: boolean): LineSink {
  return { write: (line: string) => sink.write(`${textLine(line, colored)}\n`) };
}

function textLine(line: string, colored: boolean): string {
  const { time, level, message, ...fields } = JSON.parse(line) as Record<string, unknown>;
  const clock = String(time).slice(11, 23);
  const rest = Object.entries(fields).map(([name, value]) => ` ${name}=${fieldText(value)}`);
  const words = `${String(level).padEnd(5)} ${String(message)}`;
  if (!colored) return `${clock} ${words}${rest.join('')}`;
  const color = colors[String(level)] ?? '';
  return `${dim}${clock}${plain} ${color}${words}${plain}${dim}${rest.join('')}${plain}`;
}

const fieldText = (value: unknown) =>
  typeof value === 'string' && /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value);
