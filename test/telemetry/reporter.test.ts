/** What is printed, and what never is. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { maskText, maskValue } from '../../src/telemetry/mask.ts';
import { Reporter, type ReporterOptions } from '../../src/telemetry/reporter.ts';
import { Telemetry } from '../../src/telemetry/telemetry.ts';

function open(options: Partial<ReporterOptions> = {}) {
  const lines: string[] = [];
  const time = { ms: 0 };
  const reporter = new Reporter({
    level: 'info',
    format: 'json',
    colored: false,
    sink: { write: (line) => lines.push(line) },
    secrets: ['a-secret-of-the-settings'],
    monotonic: () => time.ms,
    ...options,
  });
  const telemetry = new Telemetry();
  reporter.listen(telemetry);
  return { lines, reporter, telemetry, time };
}

describe('reporter', () => {
  it('prints a note as one JSON line', () => {
    const { lines, telemetry } = open();
    telemetry.publish('note', { level: 'info', message: 'the server listens', fields: { port: 3000 } });
    const { time, ...rest } = JSON.parse(lines[0]!);
    assert.deepEqual(rest, { level: 'info', port: 3000, message: 'the server listens' });
    assert.match(time, /^\d{4}-\d\d-\d\dT.*Z$/);
  });

  it('prints text for people', () => {
    const { lines, telemetry } = open({ format: 'text' });
    telemetry.publish('note', {
      level: 'warn',
      message: 'the disk is nearly full',
      fields: { freeBytes: 12, at: 'a b' },
    });
    assert.match(
      lines[0]!,
      /^\d\d:\d\d:\d\d\.\d{3} warn {2}the disk is nearly full freeBytes=12 at="a b"\n$/,
    );
  });

  it('keeps quiet below its level', () => {
    const { lines, telemetry } = open({ level: 'warn' });
    telemetry.publish('note', { level: 'info', message: 'x' });
    telemetry.publish('engine.state', { state: 'down', reason: 'killed by SIGKILL' });
    assert.equal(lines.length, 1);
    assert.match(lines[0]!, /the engine is down/);
  });

  it('prints what repeats once in ten seconds, with the number left out', () => {
    const { lines, telemetry, time } = open();
    for (let i = 0; i < 50; i++) telemetry.publish('log.refused', { code: 'log_full', detail: 'no room' });
    assert.equal(lines.length, 1);
    time.ms = 10_000;
    telemetry.publish('log.refused', { code: 'log_full', detail: 'no room' });
    assert.equal(JSON.parse(lines[1]!).leftOut, 49);
    assert.equal(JSON.parse(lines[1]!).detail, 'no room');
  });

  it('does not read placeholders in a message', () => {
    const { lines, telemetry } = open();
    telemetry.publish('note', { level: 'info', message: '100 %s and %d', fields: {} });
    assert.equal(JSON.parse(lines[0]!).message, '100 %s and %d');
  });

  it('never prints a secret', () => {
    const { lines, telemetry } = open();
    telemetry.publish('note', {
      level: 'info',
      message: 'GET /api/collect?a=1&key=mr_secret1&b=2 with a-secret-of-the-settings',
      fields: {
        headers: { authorization: 'mr_secret2' },
        url: 'redis://user:mr_secret3@host/0',
        adminKey: 'mr_secret4',
        list: ['Bearer mr_secret5'],
      },
    });
    assert.doesNotMatch(lines[0]!, /mr_secret|a-secret-of/);
    assert.match(lines[0]!, /key=\*\*\*&b=2/);
  });

  it('warns of an engine that goes down, but not of one that was told to', () => {
    const { lines, reporter, telemetry } = open();
    telemetry.publish('engine.state', { state: 'down', reason: 'killed by SIGKILL' });
    reporter.expectEnd();
    telemetry.publish('engine.state', { state: 'down', reason: 'the server closed it' });
    assert.equal(lines.length, 1);
  });

  it('stops when it is closed', () => {
    const { lines, reporter, telemetry } = open();
    reporter.close();
    telemetry.publish('note', { level: 'error', message: 'x' });
    assert.deepEqual(lines, []);
  });
});

describe('mask', () => {
  it('leaves what is no secret', () => {
    assert.equal(maskText('GET /api/v1/queue?monkey=1'), 'GET /api/v1/queue?monkey=1');
    assert.deepEqual(maskValue({ partition: 3, code: 'x', monkey: 'x' }), {
      partition: 3,
      code: 'x',
      monkey: 'x',
    });
  });
});
