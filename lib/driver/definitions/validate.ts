/** Validates the text of a definition: against tslxc's own vocabularies, and against libvirt's schema if the host has it. */
import { existsSync } from 'node:fs';
import { inOrder, problemsError } from '../../domain/xml/source-location';
import { refuseUnknown, type UnknownWord } from '../../domain/xml/unsupported';
import type { DefinitionProblem } from '../../errors';
import { tryProgram } from '../../host/program';
import { readSettings } from '../../host/settings';
import type { Session } from '../session/session';
import type { CreateOptions } from '../types';

/** Where libvirt's packages put them. */
export const installedSchemas = {
  domain: '/usr/share/libvirt/schemas/domain.rng',
  network: '/usr/share/libvirt/schemas/network.rng',
  networkPort: '/usr/share/libvirt/schemas/networkport.rng',
  networkFilter: '/usr/share/libvirt/schemas/nwfilter.rng',
  secret: '/usr/share/libvirt/schemas/secret.rng',
  storagePool: '/usr/share/libvirt/schemas/storagepool.rng',
  storageVolume: '/usr/share/libvirt/schemas/storagevol.rng',
} as const;

/** Exit status of xmllint(1): the document does not validate. */
const invalid = 3;

/** Whether a text is to be validated; the host's settings hold for every definition. */
export function isToBeValidated(
  { paths }: Pick<Session, 'paths'>,
  { validate = false, strict = false }: Pick<CreateOptions, 'validate' | 'strict'>,
): boolean {
  return validate || strict || readSettings(paths).strict;
}

/**
 * Parses a text that may have to be validated: what the parser misses may be there, misspelt, so the words that the schema does not know
 * are told first, as by libvirt, which validates before it parses.
 *
 * @throws as `parse`; DefinitionError XML_INVALID_SCHEMA with all `problems`.
 */
export function parseGiven<Parsed>(
  session: Pick<Session, 'paths'>,
  options: Pick<CreateOptions, 'validate' | 'strict'>,
  parse: (unknown: UnknownWord[]) => Parsed,
): Parsed {
  const unknown: UnknownWord[] = [];
  try {
    return parse(unknown);
  } catch (error) {
    if (isToBeValidated(session, options)) refuseUnknown(inOrder(unknown));
    throw error;
  }
}

/**
 * Returns when libvirt's schema knows all of the text.
 *
 * @param schema - RELAX NG; the host need not have it
 * @throws DefinitionError XML_INVALID_SCHEMA with all `problems`.
 * @throws TslxcError OPERATION_UNSUPPORTED when the schema is there and xmllint is not; OPERATION_FAILED when xmllint fails.
 */
export async function validateText(
  xml: string,
  { unknown = [] }: { readonly unknown?: readonly UnknownWord[] },
  schema: string,
): Promise<void> {
  refuseUnknown(unknown);
  if (!existsSync(schema)) return;
  const { status, errors } = await tryProgram({
    program: 'xmllint',
    package: 'libxml2-utils',
    args: ['--noout', '--nonet', '--relaxng', schema, '-'],
    input: xml,
    step: `validate a definition against ${schema}`,
    expected: [0, invalid],
  });
  if (status !== invalid) return;
  throw problemsError(
    'XML_INVALID_SCHEMA',
    `Unable to validate doc against ${schema}`,
    problemsIn(errors),
  );
}

/** xmllint prints one line for each: `-:7: element colour: Relax-NG validity error : Did not expect element colour there`. */
function problemsIn(errors: string): DefinitionProblem[] {
  const form = /^-:(\d+): element ([^:\s]+): .*? : (.*)$/;
  return errors.split('\n').flatMap((text) => {
    const [, line, element = '', message = ''] = form.exec(text) ?? [];
    return line === undefined ? [] : [{ element, line: Number(line), column: 1, message }];
  });
}
