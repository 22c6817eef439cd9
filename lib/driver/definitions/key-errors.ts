/**
 * Errors and warnings about a DomainSpec: they name the key that is at fault, since whoever gave the spec has seen none of the XML that is
 * made of it.
 */
import { documentOf } from '../../domain/builder/domain-xml';
import { keyAt, type XmlPlace } from '../../domain/builder/origin';
import type { DomainSpec } from '../../domain/builder/spec';
import { printXml, type PrintableElement } from '../../domain/xml/print';
import { describePlace, TslxcError } from '../../errors';
import { present } from '../../present';
import type { DefineOptions, Warning } from '../types';

/**
 * Takes in what a caller defines, as XML; `takeIn` gets the options.
 *
 * @throws TslxcError INVALID_ARG for a spec that XML can't hold; as `takeIn`, of a spec without `line` and `column`, and with the path of the key
 * as `element`.
 */
export async function takeInXml<Options extends Pick<DefineOptions, 'onWarning'>, Result>(
  definition: string | DomainSpec,
  options: Options,
  takeIn: (xml: string, options: Options) => Promise<Result>,
): Promise<Result> {
  if (typeof definition === 'string') return takeIn(definition, options);
  const document = documentOf(definition);
  const { onWarning } = options;
  const warn = onWarning && ((warning: Warning) => onWarning(inKeys(warning, document)));
  try {
    return await takeIn(printXml(document), { ...options, ...present({ onWarning: warn }) });
  } catch (error) {
    if (TslxcError.is(error)) nameKeys(error, document);
    throw error;
  }
}

type Told = Partial<XmlPlace> & { readonly column?: number; readonly message: string };

/** The message, with the key in place of the element and its position; that of each problem, if it lists several. */
function messageInKeys(
  { message }: Told,
  places: readonly Omit<Told, 'message'>[],
  document: PrintableElement,
): string {
  return places.reduce((text, place) => {
    const { element = '', line = 0 } = place;
    const written = describePlace(present(place));
    return written === ''
      ? text
      : text.replaceAll(written, () => keyAt(document, { element, line }));
  }, message);
}

function placeOf({ element, line, column }: Omit<Told, 'message'>): Omit<Told, 'message'> {
  return present({ element, line, column });
}

function inKeys(warning: Warning, document: PrintableElement): Warning {
  const { line: _line, column: _column, ...rest } = warning;
  const { element, line } = warning;
  if (element === undefined || line === undefined) return warning;
  const message = messageInKeys(warning, [placeOf(warning)], document);
  return { ...rest, message, element: keyAt(document, { element, line }) };
}

/** An error about a part of the document. The error stays the same object: its class, its code and its cause are as they were. */
function nameKeys(error: TslxcError, document: PrintableElement): void {
  const { element, line, message, stack, problems } = error;
  if (element === undefined || line === undefined || !isOfDomain(error)) return;
  const places = [error, ...(problems ?? [])].map(placeOf);
  const told = messageInKeys(error, places, document);
  Object.assign(error, {
    message: told,
    stack: stack?.replace(message, () => told),
    element: keyAt(document, { element, line }),
    ...present({
      problems: problems?.map((one) => ({
        ...one,
        element: keyAt(document, one),
        message: messageInKeys(one, [placeOf(one)], document),
      })),
    }),
  });
  for (const name of ['line', 'column']) Reflect.deleteProperty(error, name);
}

/** And not of a network, for example. What validates against the schema names elements without those above. */
function isOfDomain({ element = '', code }: TslxcError): boolean {
  return code === 'XML_INVALID_SCHEMA' || /^domain(\/|$)/.test(element);
}
