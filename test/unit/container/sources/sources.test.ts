/** How much work it is to look up the sources of many file systems, and to order them: counted, not timed. */
import { lookUpSources } from '../../../../lib/container/sources/sources';
import type { Looks } from '../../../../lib/container/looks/looks';
import type { DomainDefinition } from '../../../../lib/domain/definition';
import { otherFilesystems } from '../../../../lib/plan/mounts/filesystems';
import { document, parse } from '../../domain/parse-context';
import { compile } from '../../plan/plan-context';

const root = `<filesystem><source dir='/srv'/><target dir='/'/></filesystem>`;

const bind = (number: number): string =>
  `<filesystem type='bind'><source dir='/tmp'/><target dir='/b${number}'/></filesystem>`;

/** A definition with `count` binds, and how often the target of any of its file systems has been read. */
function counted(count: number): { definition: DomainDefinition; reads: () => number } {
  const binds = Array.from({ length: count }, (_, number) => bind(number)).join('');
  const definition = parse(document({ devices: root + binds }));
  let reads = 0;
  const filesystems = definition.filesystems.map((one) =>
    Object.defineProperty({ ...one }, 'target', {
      enumerable: true,
      get: () => {
        reads += 1;
        return one.target;
      },
    }),
  );
  return { definition: { ...definition, filesystems }, reads: () => reads };
}

const looks = {
  state: () => Promise.resolve({ kind: 'directory' }),
  stateInRoot: () => Promise.resolve({ kind: 'directory' }),
} as unknown as Looks;

/** The most reads that a step may need for each file system. */
const readsEach = 100;

test.each([
  ['ordering them', (definition: DomainDefinition) => void otherFilesystems(definition)],
  [
    'looking up their sources',
    (definition: DomainDefinition) => lookUpSources(definition, [], looks),
  ],
  ['planning them', (definition: DomainDefinition) => void compile(definition)],
])('%s is work in proportion to the number of binds', async (_, step) => {
  const few = counted(100);
  await step(few.definition);
  const many = counted(200);
  await step(many.definition);
  expect(few.reads()).toBeGreaterThan(99);
  expect(many.reads()).toBeLessThan(200 * readsEach);
  expect(many.reads() / few.reads()).toBeLessThan(2.2);
});
