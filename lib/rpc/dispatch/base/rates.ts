/** Rates of an interface, or of a port of a network, as typed parameters: libvirt has the same names for both. */
import type { Rates, RatesChange } from '../../../driver/interfaces/rates';
import type { Parameter } from '../../protocol/values';
import { numberIn, uintOf } from './parameters';

const rateNames = {
  inbound: ['average', 'peak', 'burst', 'floor'],
  outbound: ['average', 'peak', 'burst'],
} as const;

type Direction = keyof typeof rateNames;
export const directions: readonly Direction[] = ['inbound', 'outbound'];

/** All parameters of a direction; 0 is what it does not have. */
export function rateParameters(rates: Rates, direction: Direction): Parameter[] {
  return rateNames[direction].map((name) =>
    uintOf(`${direction}.${name}`, rates[direction]?.[name] ?? 0),
  );
}

/** What a client wants changed. @throws WireError as `numberIn`. */
export function rateChange(parameters: readonly Parameter[]): RatesChange {
  const known = directions.flatMap((one) => rateNames[one].map((name) => `${one}.${name}`));
  const numbers = numberIn(parameters, known);
  const change = directions.flatMap((direction) => {
    const given = rateNames[direction].flatMap((name) => {
      const value = numbers.get(`${direction}.${name}`);
      return value === undefined ? [] : [[name, value] as const];
    });
    return given.length === 0 ? [] : [[direction, Object.fromEntries(given)] as const];
  });
  return Object.fromEntries(change);
}
