/**
 * What callers define, except domains: of their texts, and with what these leave out made at random. Words that the schema does not
 * know are noted in `unknown` as well, if it is given: also when the text turns out to be no definition.
 */
import { parseSecret, type SecretDefinition } from '../../domain/secret/secret';
import type { UnknownWord } from '../../domain/xml/unsupported';
import type { NetworkDefinition } from '../../network/definition/definition';
import { parseNetwork } from '../../network/definition/parse';
import type { NetworkFilterDefinition } from '../../network/filter/definition';
import { parseNetworkFilter } from '../../network/filter/parse';
import type { PoolDefinition } from '../../storage/definition/definition';
import { present } from '../../present';
import { parsePool } from '../../storage/definition/parse-pool';
import { atRandom, type Generators } from './stores';

/** A definition from XML text, and whether the text had a `<uuid>`. */
export interface Given<Definition> {
  readonly definition: Definition;
  readonly uuid: 'explicit' | 'generated';
}

/** The same of a network, and whether the text had the address of its bridge. */
export interface GivenNetwork extends Given<NetworkDefinition> {
  readonly mac: 'explicit' | 'generated';
}

/** @throws DefinitionError. */
export function parseGivenNetwork(xml: string, unknown?: UnknownWord[]): GivenNetwork {
  let mac: GivenNetwork['mac'] = 'explicit';
  const newMac = (): string => {
    mac = 'generated';
    return atRandom.newMac();
  };
  const given = parsedBy((generator) =>
    parseNetwork(xml, { ...generator, newMac, ...present({ unknown }) }),
  );
  return { ...given, mac };
}

/** @throws DefinitionError. */
export function parseGivenPool(xml: string, unknown?: UnknownWord[]): Given<PoolDefinition> {
  return parsedBy((generator) => parsePool(xml, { ...generator, ...present({ unknown }) }));
}

/** @throws DefinitionError. */
export function parseGivenNetworkFilter(
  xml: string,
  unknown?: UnknownWord[],
): Given<NetworkFilterDefinition> {
  return parsedBy((generator) =>
    parseNetworkFilter(xml, { ...generator, ...present({ unknown }) }),
  );
}

/** Nothing depends on whether its text had a `<uuid>`. @throws DefinitionError. */
export function parseGivenSecret(xml: string, unknown?: UnknownWord[]): SecretDefinition {
  return parseSecret(xml, { ...atRandom, ...present({ unknown }) });
}

function parsedBy<Definition>(
  parse: (generator: Pick<Generators, 'newUuid'>) => Definition,
): Given<Definition> {
  let uuid: Given<Definition>['uuid'] = 'explicit';
  const newUuid = (): string => {
    uuid = 'generated';
    return atRandom.newUuid();
  };
  return { definition: parse({ newUuid }), uuid };
}
