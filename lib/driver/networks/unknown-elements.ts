/** The parts of a network's text that libvirt's schema does not know: warned of, or refused if that is requested. */
import { definedWithout } from '../../domain/warnings';
import type { UnknownWord } from '../../domain/xml/unsupported';
import {
  installedSchemas,
  isToBeValidated,
  parseGiven,
  validateText,
} from '../definitions/validate';
import { parseGivenNetwork, type GivenNetwork } from '../session/given';
import type { Session } from '../session/session';
import type { DefineOptions } from '../types';

/** @throws DefinitionError; as `parseGiven`. */
export function readNetworkText(
  session: Session,
  xml: string,
  options: DefineOptions,
): GivenNetwork {
  return parseGiven(session, options, (unknown) => parseGivenNetwork(xml, unknown));
}

/** Returns unless the text is to be validated and is not valid. @throws as `validateText`. */
export async function checkNetworkText(
  session: Session,
  { xml, parsed }: { readonly xml: string; readonly parsed: GivenNetwork },
  options: DefineOptions,
): Promise<void> {
  if (!isToBeValidated(session, options)) return;
  await validateText(xml, parsed.definition, installedSchemas.network);
}

/** Warns of these parts in the log, and to the caller. */
export function warnOfUnknown(
  { logger }: Session,
  { name, unknown }: { readonly name: string; readonly unknown?: readonly UnknownWord[] },
  { onWarning }: Pick<DefineOptions, 'onWarning'>,
): void {
  for (const warning of definedWithout(unknown)) {
    logger.warn({ network: name, warning: warning.detail }, warning.message);
    onWarning?.(warning);
  }
}
