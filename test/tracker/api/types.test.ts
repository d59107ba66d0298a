/** The types of the client are those that the server writes its answers with: the compiler says so, name by name. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type * as Experiment from '../../../src/experiment/experiment.ts';
import type * as Wire from '../../../src/query/wire.ts';
import type { MillraceSchema as Schema } from '../../../tracker/api/index.ts';

/** `true`, or the side that has what the other has not. */
type Same<A, B> = [A] extends [B]
  ? [B] extends [A]
    ? true
    : { readonly onlyIn: 'first' }
  : { readonly onlyIn: 'second' };
const same = <A, B>(_: Same<A, B>): void => {};

describe('the types of the API', () => {
  it('are those of the answers', () => {
    same<Schema.Answer, Wire.Answer>(true);
    same<Schema.AnswerMeta, Wire.AnswerMeta>(true);
    same<Schema.SummaryData, Wire.SummaryData & Wire.Compared>(true);
    same<Schema.TrendData, Wire.TrendData & Wire.Compared>(true);
    same<Schema.BreakdownData, Wire.BreakdownData & Wire.Compared>(true);
    same<Schema.SeriesData, Wire.SeriesData & Wire.Compared>(true);
    same<Schema.EventsData, Wire.EventsData>(true);
    same<Schema.FunnelData, Wire.FunnelData>(true);
    same<Schema.PeopleData, Wire.PeopleData>(true);
    same<Schema.RetentionData, Wire.RetentionData>(true);
    same<Schema.PathsData, Wire.PathsData>(true);
    same<Schema.SessionsData, Wire.SessionsData>(true);
    same<Schema.UserData, Wire.UserData>(true);
    same<Schema.LiveData, Wire.LiveData>(true);
    same<Schema.ExperimentData, Wire.ExperimentData>(true);
    same<Schema.Verdict, Experiment.Verdict>(true);
    same<Schema.SummaryBody, Wire.SummaryBody>(true);
    same<Schema.SummaryBodyV2, Wire.SummaryBodyV2>(true);
    assert.ok(true, 'what is checked is checked by tsc');
  });
});
