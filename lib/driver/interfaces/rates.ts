/** Rates as a caller gives them, and how they change those of an interface. Pure. */
import type { InterfaceDefinition, Rate } from '../../domain/interface/definition';
import { TslxcError } from '../../errors';

/** Rates of an interface, from the container's point of view; a direction without a rate is absent. */
export interface Rates {
  /** Of what the container receives. */
  readonly inbound?: Rate;
  /** Of what the container sends. */
  readonly outbound?: Rate;
}

/** A change of rates: a direction that is left out stays as it is. */
export interface RatesChange {
  /** Of what the container receives; `none` removes the rate. */
  readonly inbound?: Rate | 'none' | undefined;
  /** Of what the container sends; `none` removes the rate. */
  readonly outbound?: Rate | 'none' | undefined;
}

const names = ['average', 'peak', 'floor', 'burst'] as const;

/** The same limit as in XML: converted to bits, such a number is still exact. */
const maxKibibytes = 2 ** 40;

/** The rates after a change. @throws TslxcError INVALID_ARG, OPERATION_UNSUPPORTED. */
export function changeRates(rates: Rates | undefined, change: RatesChange): Rates {
  if (change.outbound !== undefined && change.outbound !== 'none' && change.outbound.floor) {
    const element = 'change.outbound.floor';
    throw new TslxcError('INVALID_ARG', "'floor' is of inbound only", { element });
  }
  const inbound = changeRate('inbound', rates, change);
  const outbound = changeRate('outbound', rates, change);
  return {
    ...(inbound === undefined ? {} : { inbound }),
    ...(outbound === undefined ? {} : { outbound }),
  };
}

/** The interface with these rates. @throws TslxcError OPERATION_UNSUPPORTED when it can't have them. */
export function withRates(one: InterfaceDefinition, rates: Rates): InterfaceDefinition {
  if (one.type === 'direct') {
    const detail = 'Unable to set network bandwidth on direct interfaces';
    throw new TslxcError('OPERATION_UNSUPPORTED', detail);
  }
  if (rates.inbound?.floor !== undefined && one.type !== 'network') {
    const detail = 'floor attribute is not supported for this config';
    throw new TslxcError('OPERATION_UNSUPPORTED', detail);
  }
  const { bandwidth, ...rest } = one;
  if (rates.inbound === undefined && rates.outbound === undefined) return rest;
  return { ...rest, bandwidth: { ...rates, position: bandwidth?.position ?? one.position } };
}

function changeRate(
  direction: 'inbound' | 'outbound',
  { [direction]: rate }: Rates = {},
  { [direction]: change }: RatesChange,
): Rate | undefined {
  const element = `change.${direction}`;
  if (change === undefined) return rate;
  if (change === 'none') return undefined;
  const given = names.flatMap((name) => {
    const value = change[name] ?? 0;
    if (!Number.isSafeInteger(value) || value < 0 || value > maxKibibytes) {
      const detail = `${name} is a number from 0 to ${maxKibibytes}, and not '${String(value)}'`;
      throw new TslxcError('INVALID_ARG', detail, { element: `${element}.${name}` });
    }
    // In libvirt, 0 is none.
    return value === 0 ? [] : [[name, value] as const];
  });
  const result: Rate = Object.fromEntries(given);
  if (result.average === undefined && (result.peak ?? result.burst) !== undefined) {
    throw new TslxcError('INVALID_ARG', "'peak' and 'burst' require 'average'", { element });
  }
  return given.length === 0 ? undefined : result;
}
