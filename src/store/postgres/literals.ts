/** Values written into a statement, quoted by the driver: for COPY, which takes none beside its text. */
import pg from 'pg';
import { type BoundType, Parameters } from './parameters.ts';

export class Literals extends Parameters {
  override bind(value: string | readonly string[], type: BoundType): string {
    if (typeof value === 'string') return `${pg.escapeLiteral(value)}::${type}`;
    return `ARRAY[${value.map((one) => pg.escapeLiteral(one)).join(', ')}]::${type}`;
  }
}
