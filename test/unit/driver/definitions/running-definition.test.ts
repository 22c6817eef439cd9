/** What runs is read once for all that is asked of it. */
import { runningDefinition } from '../../../../lib/driver/definitions/definitions';
import type { Session } from '../../../../lib/driver/session/session';
import { domainXml } from '../../../support/domain/domain-xml';
import { FakeHost } from '../../../support/fake/host/fake-host';
import { removeScratchAfterEach, scratchDirectory } from '../scratch';

removeScratchAfterEach();

type Reader = Pick<Session, 'parse'>;

/** A session that takes any text for the definition of a domain of that name, and what it has read. */
function reader(): { readonly session: Reader; readonly read: string[] } {
  const read: string[] = [];
  const parsed = new FakeHost(scratchDirectory()).session().parse(domainXml());
  const session = {
    parse: (xml) => {
      read.push(xml);
      return { ...parsed, definition: { ...parsed.definition, name: xml } };
    },
  } satisfies Reader;
  return { session, read };
}

const running = (xml: string) => ({ start: { xml } });

test('the same text is read once, another one by itself', () => {
  const { session, read } = reader();
  const names = ['a', 'b', 'a', 'b'].map((xml) => runningDefinition(session, running(xml)).name);
  expect(names).toEqual(['a', 'b', 'a', 'b']);
  expect(read).toEqual(['a', 'b']);
});

test('another session reads for itself', () => {
  const [one, other] = [reader(), reader()];
  runningDefinition(one.session, running('a'));
  runningDefinition(other.session, running('a'));
  expect([one.read, other.read]).toEqual([['a'], ['a']]);
});

test('of many texts the one that has not been asked for goes first', () => {
  const { session, read } = reader();
  const texts = Array.from({ length: 64 }, (_, index) => `text ${index}`);
  for (const xml of [...texts, 'text 0', 'one more']) runningDefinition(session, running(xml));
  expect(read).toHaveLength(65);
  runningDefinition(session, running('text 0'));
  expect(read).toHaveLength(65);
  runningDefinition(session, running('text 1'));
  expect(read).toHaveLength(66);
});
