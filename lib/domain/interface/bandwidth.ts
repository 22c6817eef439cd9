/**
 * `<bandwidth>` of an interface, a network or a port group: rates in KiB/s, `burst` in KiB. As in libvirt, 0 means no
 * limit.
 */
import type { Bandwidth, Rate } from './definition';
import { attributeLocation, definitionError } from '../xml/source-location';
import { node, type PrintableElement } from '../xml/print';
import { childOf, readElement, type LocatedElement, type ReadingSession } from '../xml/reading';
import { vocabulary } from '../xml/vocabulary';
import { wholeNumber } from '../xml/whole-number';

export const bandwidthVocabulary = vocabulary({ children: { inbound: 'one', outbound: 'one' } });

// In libvirt's output order.
const rateNames = ['average', 'peak', 'floor', 'burst'] as const;

/** `<inbound>` and `<outbound>`. */
export const rateVocabulary = vocabulary({
  attributes: { average: 'supported', peak: 'supported', floor: 'supported', burst: 'supported' },
});

// A rate must be an exact number in bytes and in bits. The kernel counts the bytes of a burst in 32 bits.
const largest = { average: 2 ** 40, peak: 2 ** 40, floor: 2 ** 40, burst: 2 ** 22 - 1 };

/**
 * Undefined if it limits nothing. A `floor` is refused, except for `inbound` of an interface `on a network`: only a network has a
 * rate, a share of which can be guaranteed.
 *
 * @throws DefinitionError XML_ERROR or CONFIG_UNSUPPORTED, with libvirt's message.
 */
export function parseBandwidth(
  at: LocatedElement,
  where: 'on a network' | 'elsewhere',
  session: ReadingSession,
): Bandwidth | undefined {
  const reading = readElement(at, bandwidthVocabulary, session);
  const [inboundAt, outboundAt] = [childOf(reading, 'inbound'), childOf(reading, 'outbound')];
  const inbound = inboundAt && parseRate(inboundAt, session);
  const outbound = outboundAt && parseRate(outboundAt, session);
  const unshared = where === 'elsewhere' && inbound?.floor !== undefined ? inboundAt : undefined;
  const misplaced = outbound?.floor === undefined ? unshared : outboundAt;
  if (misplaced !== undefined) {
    const detail = 'floor attribute is not supported for this config';
    throw definitionError('CONFIG_UNSUPPORTED', detail, attributeLocation(misplaced, 'floor'));
  }
  if (inbound === undefined && outbound === undefined) return undefined;
  return {
    ...(inbound === undefined ? {} : { inbound }),
    ...(outbound === undefined ? {} : { outbound }),
    position: at.position,
  };
}

export function formatBandwidth({ inbound, outbound }: Bandwidth): PrintableElement {
  return node('bandwidth', {}, [
    ...(inbound === undefined ? [] : [formatRate('inbound', inbound)]),
    ...(outbound === undefined ? [] : [formatRate('outbound', outbound)]),
  ]);
}

function parseRate(at: LocatedElement, session: ReadingSession): Rate | undefined {
  const reading = readElement(at, rateVocabulary, session);
  const has = (name: string) => reading.attributes.has(name);
  if (!has('average') && !has('floor')) {
    throw definitionError('XML_ERROR', 'Missing mandatory average or floor attributes', at);
  }
  if (!has('average') && (has('peak') || has('burst'))) {
    throw definitionError(
      'CONFIG_UNSUPPORTED',
      "'peak' and 'burst' require 'average' attribute",
      at,
    );
  }
  const rate: Partial<Record<(typeof rateNames)[number], number>> = {};
  for (const name of rateNames) {
    const value = wholeNumber(reading, name, largest[name]) ?? 0;
    if (value > 0) rate[name] = value;
  }
  if (rate.average !== undefined) return rate;
  // An average of 0 means none, and without an average there is no peak and no burst.
  return rate.floor === undefined ? undefined : { floor: rate.floor };
}

function formatRate(name: string, rate: Rate): PrintableElement {
  const values = rateNames.map((key) => {
    const value = rate[key];
    return [key, value === undefined ? undefined : String(value)] as const;
  });
  return node(name, Object.fromEntries(values));
}
