/**
 * Errors and warnings about a DomainSpec: they name the key that is at fault, since whoever gave the spec has seen none of the XML that is
 * made of it.
 */
import { documentOf } from '../../domain/builder/domain-xml';
import { keyAt, type KeyPath, type XmlPlace } from '../../domain/builder/origin';
import type { DomainSpec } from '../../domain/builder/spec';
import { printXml } from '../../domain/xml/print';
import { describePlace, TslxcError } from '../../errors';
import { present } from '../../present';
import { pathOf } from '../../shape/misfit';
import type { DefineOptions, Warning } from '../types';

/** The name of a key of the spec for whoever has given it: it begins with that of the argument. */
type NameOfKey = (key: KeyPath) => string;

const inDefinition: NameOfKey = (key) => pathOf('definition', key);

/** What becomes of the XML of a definition, and of what is said of it. */
interface Taker<Options, Result> {
  readonly takeIn: (xml: string, options: Options) => Promise<Result>;
  /** For a spec that was made of something else, which has other keys. Default: those of the spec. */
  readonly nameOf?: NameOfKey;
}

/**
 * Takes in what a caller defines, as XML; `takeIn` gets the options.
 *
 * @throws TslxcError INVALID_ARG for a spec that XML can't hold; as `takeIn`, of a spec without `line` and `column`, and with the path of the key
 * as `element`.
 */
export async function takeInXml<Options extends Pick<DefineOptions, 'onWarning'>, Result>(
  definition: string | DomainSpec,
  options: Options,
  { takeIn, nameOf = inDefinition }: Taker<Options, Result>,
): Promise<Result> {
  if (typeof definition === 'string') return takeIn(definition, options);
  const document = documentOf(definition);
  const name: NameOfPlace = (place) => nameOf(keyAt(document, place));
  const { onWarning } = options;
  const warn = onWarning && ((warning: Warning) => onWarning(inKeys(warning, name)));
  try {
    return await takeIn(printXml(document), { ...options, ...present({ onWarning: warn }) });
  } catch (error) {
    if (TslxcError.is(error)) nameKeys(error, name);
    throw error;
  }
}

type NameOfPlace = (place: XmlPlace) => string;

type Told = Partial<XmlPlace> & {
  readonly column?: number | undefined;
  readonly message: string;
};

/** The message, with the key in place of the element and its position; that of each problem, if it lists several. */
function messageInKeys(
  { message }: Told,
  places: readonly Omit<Told, 'message'>[],
  name: NameOfPlace,
): string {
  return places.reduce((text, { element = '', line, column }) => {
    const written = describePlace(present({ element, line, column }));
    return written === '' ? text : text.replaceAll(written, () => name({ element, line }));
  }, message);
}

function placeOf({ element, line, column }: Omit<Told, 'message'>): Omit<Told, 'message'> {
  return present({ element, line, column });
}

function inKeys(warning: Warning, name: NameOfPlace): Warning {
  const { line, column: _column, ...rest } = warning;
  const { element } = warning;
  if (element === undefined || !isOfDomain(element)) return warning;
  const message = messageInKeys(warning, [placeOf(warning)], name);
  return { ...rest, message, element: name({ element, line }) };
}

/** An error about a part of the document. The error stays the same object: its class, its code and its cause are as they were. */
function nameKeys(error: TslxcError, name: NameOfPlace): void {
  const { code, element, line, message, stack, problems } = error;
  // What validates against the schema names elements without those above.
  const isOfDocument = code === 'XML_INVALID_SCHEMA' || isOfDomain(element);
  if (element === undefined || !isOfDocument) return;
  const places = [error, ...(problems ?? [])].map(placeOf);
  const told = messageInKeys(error, places, name);
  Object.assign(error, {
    message: told,
    stack: stack?.replace(message, () => told),
    element: name({ element, line }),
    ...present({
      problems: problems?.map((one) => ({
        ...one,
        element: name(one),
        message: messageInKeys(one, [placeOf(one)], name),
      })),
    }),
  });
  for (const field of ['line', 'column']) Reflect.deleteProperty(error, field);
}

/** And not of a network, for example. */
function isOfDomain(element = ''): boolean {
  return /^domain(\/|$)/.test(element);
}
