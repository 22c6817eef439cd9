/**
 * `<console>`: a terminal of the container. Only type pty is supported. What libvirt writes for a
 * running domain (tty, source path, alias) is dropped: the caller can't choose it.
 */
import type { ConsoleDefinition, OutputFile } from '../definition';
import { attributeLocation, definitionError } from '../xml/source-location';
import { enumerated } from '../xml/enumerated';
import { keepRest } from '../xml/raw';
import {
  childOf,
  childrenOf,
  readElement,
  type LocatedElement,
  type Reading,
  type ReadingSession,
} from '../xml/reading';
import type { ParseSession } from '../parse-session';
import { parseSourceLabels } from '../security/source-label';
import {
  consoleLogVocabulary,
  consoleTargetVocabulary,
  consoleVocabulary,
  otherConsole,
  ptySourceVocabulary,
} from './device-vocabulary';
import { canonicalConsole } from './canonical-device';
import { deviceSession, rawDevice } from './parsed-device';
import { valuesOf } from '../xml/vocabulary';
import { present } from '../../present';

/** The terminals of all come in one message, which has room for so many (SCM_MAX_FD of the kernel). */
export const mostConsoles = 253;

const types =
  'null vc pty dev file pipe stdio udp tcp unix spicevmc spiceport nmdm qemu-vdagent dbus'.split(
    ' ',
  );
/**
 * The console that is the `port`th.
 *
 * @throws DefinitionError CONFIG_UNSUPPORTED for an unknown type; XML_ERROR for an invalid port, and if `append` is neither on nor off.
 */
export function parseConsole(
  at: LocatedElement,
  session: ParseSession,
  port: number,
): ConsoleDefinition {
  const own = deviceSession(session);
  const reading = readElement(at, consoleVocabulary, own);
  keepRest(reading, own);
  const type = reading.attributes.get('type') ?? 'pty';
  if (!types.includes(type)) {
    const detail = `unknown type presented to host for character device: ${type}`;
    throw definitionError('CONFIG_UNSUPPORTED', detail, attributeLocation(at, 'type'));
  }
  const targetType = readTarget(reading, own);
  const log = readLog(reading, own);
  const { position } = at;
  // The rest of the element does not matter for other types.
  if (type !== 'pty') {
    session.unsupported.push({ path: at.path, position, ...otherConsole });
    return { type, position, raw: canonicalConsole(rawDevice(at, own), port) };
  }
  const [labels] = childrenOf(reading, 'source').map((source, index) => {
    // Only the first one counts; the others are checked, and dropped.
    const found = index === 0 ? own : deviceSession(session);
    const sourceReading = readElement(source, ptySourceVocabulary, found);
    keepRest(sourceReading, found);
    return parseSourceLabels(sourceReading, found);
  });
  session.unsupported.push(...own.unsupported);
  return {
    type,
    ...present({ log, targetType }),
    ...labels,
    ...(own.kept.length === 0 ? {} : { kept: own.kept }),
    position,
  };
}

/** As in libvirt, a `<log>` without a file is dropped. */
function readLog(reading: Reading, session: ReadingSession): OutputFile | undefined {
  const at = childOf(reading, 'log');
  if (at === undefined) return undefined;
  const log = readElement(at, consoleLogVocabulary, session);
  const append = enumerated(log, 'append', ['on', 'off']);
  const file = log.attributes.get('file');
  return file === undefined ? undefined : { file, ...present({ append }), position: at.position };
}

/** The type, if it is not `lxc`. The port is checked and then dropped: libvirt renumbers consoles in document order. */
function readTarget(reading: Reading, session: ReadingSession): string | undefined {
  const at = childOf(reading, 'target');
  if (at === undefined) return undefined;
  const { attributes } = readElement(at, consoleTargetVocabulary, session);
  const type = attributes.get('type') ?? 'lxc';
  if (!Object.hasOwn(valuesOf(consoleTargetVocabulary, 'type'), type)) {
    const detail = `unknown target type '${type}' specified for character device`;
    throw definitionError('CONFIG_UNSUPPORTED', detail, attributeLocation(at, 'type'));
  }
  const port = attributes.get('port');
  if (port !== undefined && !/^\d{1,9}$/.test(port)) {
    const detail = `Invalid value for attribute 'port' in element 'target': '${port}'`;
    throw definitionError('XML_ERROR', detail, attributeLocation(at, 'port'));
  }
  return type === 'lxc' ? undefined : type;
}
