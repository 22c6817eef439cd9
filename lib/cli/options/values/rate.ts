/** Rates on the command line: `1000,,64`, in which an empty field means none. */
import type { Rate } from '../../../index';
import { CommandError } from '../../shell/command-error';

export const rateFields = ['average', 'peak', 'burst', 'floor'] as const;

/** @throws CommandError with virsh's message. */
export function readRate(text: string): Rate {
  const words = text.split(',');
  if (words.length > rateFields.length) refuseRates(`Rate string '${text}' has too many fields`);
  return Object.fromEntries(
    rateFields.flatMap((name, index) => {
      const word = words[index] ?? '';
      if (word === '') return [];
      const value = /^\d{1,16}$/.test(word) ? Number(word) : NaN;
      if (Number.isNaN(value)) refuseRates(`field '${name}' is malformed`);
      return value === 0 ? [] : [[name, value] as const];
    }),
  );
}

export function refuseRates(message: string): never {
  throw new CommandError(message, { code: 'INVALID_ARG' });
}
