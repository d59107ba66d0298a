/** CSV: records and fields, and columns that become fields of events. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { CsvRecord, guessDelimiter } from '../../src/import/csv.ts';
import { type MappingOptions, parseMapping } from '../../src/import/mapping.ts';
import { readCsv, readNdjson } from '../../src/import/readers.ts';
import { linesOf, mappingOf, outcomes } from './rows.ts';

const read = (
  text: string | Buffer,
  options: Partial<MappingOptions> & { isLatin1?: boolean; delimiter?: string } = {},
) =>
  outcomes(
    readCsv(linesOf(text), {
      isLatin1: options.isLatin1 ?? false,
      mapping: mappingOf(options),
      delimiter: options.delimiter,
      name: 'a.csv',
      onColumns: () => {},
    }),
  );

const quoted = (field: string) => (/[",\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field);

describe('CsvRecord', () => {
  it('reads back every record that was written by the rules', () => {
    const field = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', ' ', 'é'), maxLength: 8 });
    fc.assert(
      fc.property(fc.array(field, { minLength: 1 }), (fields) => {
        const record = new CsvRecord(',');
        const whole = fields
          .map(quoted)
          .join(',')
          .split('\n')
          .map((line) => record.add(line));
        assert.equal(whole.at(-1), true);
        assert.equal(whole.indexOf(true), whole.length - 1);
        assert.deepEqual(record.fields, fields);
      }),
    );
  });

  it('takes a quote inside a plain field for a character', () => {
    const record = new CsvRecord(',');
    assert.ok(record.add('5" pipe,x'));
    assert.deepEqual(record.fields, ['5" pipe', 'x']);
  });

  it('finds the delimiter in the header', () => {
    assert.equal(guessDelimiter('a;b;c'), ';');
    assert.equal(guessDelimiter('a\tb,c\td'), '\t');
    assert.equal(guessDelimiter('a'), ',');
  });
});

describe('a CSV file', () => {
  it('becomes events by its mapping', async () => {
    const map = [
      'type=event,timestamp=ts',
      'userId=uid,properties.plan=plan,properties.zip=zip,amount=total',
    ];
    const text = 'event,ts,uid,plan,zip,total,other\nbuy,1767225600000,17,"pro, ""x""\ny",007,12.50,z\n';
    assert.deepEqual(await read(text, { map, set: ['currency=EUR'] }), [
      {
        type: 'buy',
        timestamp: 1767225600000,
        userId: '17',
        properties: { plan: 'pro, "x"\ny', zip: '007' },
        amount: '12.50',
        currency: 'EUR',
      },
    ]);
  });

  it('needs no mapping when its columns are named like fields', async () => {
    const text =
      'type,timestamp,user_id,properties.n,properties.ok,properties\na,2026-01-01,u,3,true,"{""m"":[1]}"\n';
    assert.deepEqual(await read(text), [
      { type: 'a', timestamp: '2026-01-01', userId: 'u', properties: { m: [1], n: 3, ok: true } },
    ]);
  });

  it('counts times in seconds and microseconds when it is told to', async () => {
    const text = (time: string) => `type,timestamp\na,${time}\n`;
    const at = async (time: string, timeUnit: 's' | 'us') =>
      ((await read(text(time), { timeUnit }))[0] as { timestamp: number }).timestamp;
    assert.equal(await at('1767225600', 's'), 1767225600000);
    assert.equal(await at('1767225600.5', 's'), 1767225600500);
    assert.equal(await at('1767225600000001', 'us'), 1767225600000);
  });

  it('rejects records by themselves: wrong number of fields, wrong encoding, an open quote', async () => {
    const text = Buffer.concat([
      Buffer.from('type,timestamp\na,2026-01-01\nb\nc,2026-01-01,x\n'),
      Buffer.from('caf\xe9,2026-01-01\n', 'latin1'),
      Buffer.from('d,2026-01-01\ne,"open\nf,2026-01-01\n'),
    ]);
    assert.deepEqual(await read(text), [
      { type: 'a', timestamp: '2026-01-01' },
      [3, 'field_count'],
      [4, 'field_count'],
      [5, 'not_utf8'],
      { type: 'd', timestamp: '2026-01-01' },
      [7, 'quote_open'],
    ]);
    assert.deepEqual((await read(text, { isLatin1: true }))[3], { type: 'café', timestamp: '2026-01-01' });
  });

  it('gives up an open quote at the bound and goes on', async () => {
    const text = `type,timestamp\n"open\n${'x\n'.repeat(200_000)}`;
    const found = await read(text);
    assert.deepEqual(found[0], [2, 'quote_open']);
    assert.ok(found.length > 1);
  });

  it('is refused before its first event when the mapping does not fit', async () => {
    const text = 'ts,uid\n2026-01-01,u\n';
    await assert.rejects(read(text, { map: ['timestamp=ts,userId=user'] }), {
      code: 'import_option_invalid',
      message: '--map userId=user: there is no column user; a.csv has the columns ts, uid',
    });
    await assert.rejects(
      read(text, { map: ['timestamp=ts'] }),
      /nothing gives type: say --map type=COLUMN or --set type=VALUE/,
    );
    await assert.rejects(read(text, { set: ['type=a'] }), /nothing gives timestamp/);
  });

  it('keeps a column named __proto__ as data', async () => {
    const [event] = await read('type,timestamp,properties.__proto__\na,2026-01-01,x\n');
    assert.equal(
      JSON.stringify(event),
      '{"type":"a","timestamp":"2026-01-01","properties":{"__proto__":"x"}}',
    );
  });
});

describe('a mapping', () => {
  it('is refused when it names no field, or one twice', () => {
    const parse =
      (map: string[], set: string[] = []) =>
      () =>
        parseMapping({ map, set, timeUnit: 'ms' });
    assert.throws(parse(['usrId=x']), /there is no field usrId; did you mean userId\?/);
    assert.throws(parse(['plan=x']), /your own fields are properties\.NAME|did you mean/);
    assert.throws(parse(['type']), /--map must look like field=column/);
    assert.throws(parse([], ['type=']), /--set must look like field=value/);
    assert.throws(parse(['type=a,type=b']), /type is given more than once/);
  });

  it('reads members of NDJSON by their path', async () => {
    const map = ['type=event,timestamp=at,userId=user.id,properties.tags=tags'];
    const text = '{"event":"a","at":1767225600000,"user":{"id":7},"tags":["x"]}\n[1]\n{"event":\n';
    assert.deepEqual(
      await outcomes(readNdjson(linesOf(text), { isLatin1: false, mapping: mappingOf({ map }) })),
      [
        { type: 'a', timestamp: 1767225600000, userId: '7', properties: { tags: ['x'] } },
        [2, 'not_an_object'],
        [3, 'not_json'],
      ],
    );
  });
});
