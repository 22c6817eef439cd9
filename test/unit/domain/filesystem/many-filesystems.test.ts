/** How much work it is to check many file systems: counted, not timed. */
import { checkFilesystems } from '../../../../lib/domain/filesystem/validate';
import type { DomainDefinition } from '../../../../lib/domain/definition';
import { document, parse } from '../parse-context';

const filesystem = (number: number): string =>
  `<filesystem><source dir='/s${number}'/><target dir='/t${number}'/></filesystem>`;

const options: Readonly<Record<'overlays' | 'filesystems', (number: number) => string>> = {
  overlays: (number) => `<tslxc:overlay target='/t${number}' upper='/u${number}'/>`,
  filesystems: (number) => `<tslxc:filesystem target='/t${number}' propagation='shared'/>`,
};

/** The items, with a count of how often one of these fields of any of them has been read. */
function counting<T extends object>(
  items: readonly T[],
  keys: readonly string[],
  count: () => void,
): T[] {
  return items.map((item) => {
    const fields = Object.entries(item).map(([key, value]: [string, unknown]) => {
      const get = (): unknown => {
        count();
        return value;
      };
      return [key, keys.includes(key) ? { enumerable: true, get } : { enumerable: true, value }];
    });
    return Object.defineProperties({}, Object.fromEntries(fields) as PropertyDescriptorMap) as T;
  });
}

/** How often the paths of `count` file systems, and of what is said of them, are read to check them. */
function readsOf(what: 'overlays' | 'filesystems', count: number): number {
  const numbers = Array.from({ length: count }, (_, number) => number);
  const elements = `<metadata><tslxc:container xmlns:tslxc='urn:tslxc:domain:1'>${numbers
    .map(options[what])
    .join('')}</tslxc:container></metadata>`;
  const definition = parse(document({ elements, devices: numbers.map(filesystem).join('') }));
  let reads = 0;
  const counted = <T extends object>(items: readonly T[] = []): T[] =>
    counting(items, ['target', 'source', 'upper'], () => {
      reads += 1;
    });
  const { filesystems, extension } = definition;
  const watched: DomainDefinition = {
    ...definition,
    filesystems: counted(filesystems),
    extension: {
      ...extension,
      overlays: counted(extension.overlays),
      filesystems: counted(extension.filesystems),
    },
  };
  checkFilesystems(watched);
  return reads;
}

test.each(['overlays', 'filesystems'] as const)(
  'to check many %s is work in proportion to their number',
  (what) => {
    const few = readsOf(what, 100);
    const many = readsOf(what, 200);
    expect(few).toBeGreaterThan(99);
    expect(many).toBeLessThan(200 * 100);
    expect(many / few).toBeLessThan(2.2);
  },
);
