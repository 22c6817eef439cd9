/** The order of file systems, and what an id map and a shared root change of them. */
import type { DomainDefinition } from '../../../../lib/domain/definition';
import type { Operation } from '../../../../lib/plan/operation';
import { otherFilesystems } from '../../../../lib/plan/mounts/filesystems';
import { document, parse } from '../../domain/parse-context';
import { compile } from '../plan-context';

const mount = (target: string, more = ''): string =>
  `<filesystem ${more}><source dir='/srv'/><target dir='${target}'/></filesystem>`;

const withMounts = (...targets: readonly string[]): DomainDefinition =>
  parse(document({ devices: targets.map((target) => mount(target)).join('') }));

const order = (...targets: readonly string[]): string[] =>
  otherFilesystems(withMounts(...targets)).map(({ target }) => target);

test('they keep the order of the document, but stand behind what they lie in', () => {
  expect(order('/b', '/a', '/')).toEqual(['/b', '/a']);
  expect(order('/a/b/c', '/x', '/a/b', '/a')).toEqual(['/a', '/a/b', '/a/b/c', '/x']);
  expect(order('/ab', '/a', '/a/b')).toEqual(['/ab', '/a', '/a/b']);
  expect(order('/a/b', '/a', '/a/')).toEqual(['/a', '/a', '/a/b']);
});

const position = { line: 1, column: 1 };
const range = { start: 0, target: 100_000, count: 65_536, position };
const idMap = { uids: [range], gids: [range], position };

const mapped = (definition: DomainDefinition): string[] =>
  compile({ ...definition, idMap }).plan.mapped.flatMap((operation) =>
    operation.op === 'mapTree' ? [`${operation.tree} ${operation.depth}`] : [],
  );

test('with an id map the private root is mapped, and what is asked for', () => {
  expect(mapped(withMounts('/a'))).toEqual([]);
  expect(mapped(withMounts('/', '/a'))).toEqual(['root recursive']);
  const devices = mount('/') + mount('/a', "accessmode='mapped'");
  expect(mapped(parse(document({ devices })))).toEqual(['root recursive', 'filesystem:/a single']);
});

const overlay = `<metadata><t:container xmlns:t='urn:tslxc:domain:1'><t:overlay target='/' upper='/u'/>
</t:container></metadata>`;

test('with an id map both layers of an overlay are mapped, and its marks are user attributes', () => {
  const definition = parse(document({ elements: overlay, devices: mount('/') }));
  expect(mapped(definition)).toEqual(['base:/ single', 'upper:/ single']);
  const made = (plan: readonly Operation[]): Operation | undefined =>
    plan.find(({ op }) => op === 'makeOverlay');
  expect(made(compile({ ...definition, idMap }).plan.inside)).toMatchObject({
    options: ['userxattr'],
  });
  expect(made(compile(definition).plan.inside)).toMatchObject({ options: [] });
});

const layered = overlay.replace(
  "upper='/u'/>",
  "upper='/u'><t:lower dir='/middle'/><t:lower dir='/bottom'/></t:overlay>",
);

test('layers lie on each other in the order of the document, each read-only and mapped', () => {
  const definition = parse(document({ elements: layered, devices: mount('/') }));
  const layers = ['base:/', 'lower:0:/', 'lower:1:/'];
  expect(mapped(definition)).toEqual([...layers, 'upper:/'].map((tree) => `${tree} single`));
  const { plan } = compile(definition);
  const opened = plan.outside.flatMap((one) => (one.op === 'openTree' ? [one.path] : []));
  expect(opened).toEqual(expect.arrayContaining(['/middle', '/bottom']));
  const readOnly = plan.outside.flatMap((one) =>
    one.op === 'setTreeAttributes' && one.set === 1 ? [one.tree] : [],
  );
  expect(readOnly).toEqual(layers);
  expect(plan.inside.find(({ op }) => op === 'makeOverlay')).toMatchObject({
    lowers: layers,
    // They are for containers with an id map as well, whose marks they have.
    options: ['userxattr'],
  });
});

test('what is bound from a read-only root of layers is read-only, and nothing else', () => {
  const bind = (source: string, target: string): string =>
    `<filesystem type='bind'><source dir='${source}'/><target dir='${target}'/></filesystem>`;
  const devices = (more: string): string =>
    `<filesystem><source dir='/srv'/><target dir='/'/>${more}</filesystem>` +
    mount('/data') +
    [bind('/etc', '/a'), bind('/data/x', '/b'), bind('/dev/pts', '/c'), bind('/', '/d')].join('');
  const readOnly = (more: string): string[] =>
    compile(parse(document({ elements: overlay, devices: devices(more) }))).plan.inside.flatMap(
      (one) => (one.op === 'setTreeAttributes' && one.set === 1 ? [one.tree] : []),
    );
  const bound = readOnly('<readonly/>').filter((tree) => tree.startsWith('filesystem:'));
  expect(bound).toEqual(['filesystem:/a', 'filesystem:/d']);
  expect(readOnly('').filter((tree) => tree.startsWith('filesystem:'))).toEqual([]);
});

test('on the shared root only targets on the host’s own tree are made before', () => {
  const { plan } = compile(withMounts('/srv/a', '/srv/a/b', '/dev/shm', '/dev'));
  const missing = plan.inside.flatMap((one) =>
    one.op === 'attachTree' && one.tree.startsWith('filesystem:')
      ? [`${one.path} ${one.missing}`]
      : [],
  );
  expect(missing).toEqual([
    '/srv/a fail',
    '/srv/a/b makeDirectory',
    '/dev fail',
    '/dev/shm makeDirectory',
  ]);
});
