/** The files that consoles put out to, and what they become when they are full. */
import type { DomainDefinition } from '../../../../lib/domain/definition';
import { checkOutputFiles } from '../../../../lib/domain/devices/output-files';

function consolesWith(...files: readonly string[]): DomainDefinition {
  const consoles = files.map((file, index) => ({
    log: { file, position: { line: index + 1, column: 1 } },
  }));
  return { consoles } as unknown as DomainDefinition;
}

test.each([
  ['/x/a.0', '/x/a'],
  ['/x/a', '/x//a.2'],
])('%s beside %s is refused: one is what the other becomes when it is full', (...files) => {
  expect(() => checkOutputFiles(consolesWith(...files))).toThrow(
    /is what '\/x\/a' of another console becomes when it is full .*domain\/devices\/console\/log/,
  );
});

test.each([
  ['/x/a.3', '/x/a'],
  ['/x/a.0', '/y/a'],
  ['/x/a.0', '/x/b'],
])('%s beside %s is taken', (...files) => {
  expect(() => checkOutputFiles(consolesWith(...files))).not.toThrow();
});
