/** The procedures that are only ever answered by NO_SUPPORT. */
import { absentOfDomains } from './absent-of-domains';
import { absentOfHosts } from './absent-of-hosts';
import type { ErrorOrigin } from '../error-numbers';

export interface AbsentProcedure {
  readonly name: string;
  readonly access: 'read' | 'write';
  readonly origin: ErrorOrigin;
}

const byNumber = new Map<number, AbsentProcedure>(
  [...absentOfDomains, ...absentOfHosts].flatMap(({ origin, reads, writes }) => [
    ...rows(reads, { access: 'read', origin }),
    ...rows(writes, { access: 'write', origin }),
  ]),
);

/** Undefined for any other number. */
export function absentProcedure(number: number): AbsentProcedure | undefined {
  return byNumber.get(number);
}

/** The numbers of all of them. */
export function absentNumbers(): readonly number[] {
  return [...byNumber.keys()];
}

function rows(
  names: Readonly<Record<number, string>>,
  common: Pick<AbsentProcedure, 'access' | 'origin'>,
): [number, AbsentProcedure][] {
  return Object.entries(names).map(([number, name]) => [Number(number), { name, ...common }]);
}
