/** The verbs about images: each option with a real image, and what each refuses. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'tslxc';
import type { PullProgress } from 'tslxc';
import { busyboxLayer, makeLayout } from '../../support/image/image-layout';
import { Registry } from '../../support/image/registry';
import { commandOn } from '../../support/process/command-on';
import { containerTest } from '../../support/world/container-test';
import { makeTestRoot } from '../../support/root/test-root';

const world = containerTest(
  async (keep) => {
    const root = keep(await makeTestRoot());
    const registry = keep(await Registry.serve());
    const connection = keep(await connect(undefined, { root: root.path }));
    const config = { Cmd: ['sh', '-c', 'echo from the image'] };
    const layout = makeLayout(join(root.path, 'layout'), { layers: [busyboxLayer()], config });
    await connection.images.pull(layout, { name: 'web' });
    return { root, registry, connection, layout };
  },
  { per: 'file' },
);
const { says, refuses, refusesEach } = commandOn(() => world.root.path);

const layers = (): string[] => readdirSync(join(world.root.path, 'var/lib/tslxc/images/layers'));

test('pull gets an image, says how far it is, and refuses what it has to', async () => {
  const source = await world.registry.push(world.layout, 'shop/web:1');
  expect(await refuses(`pull ${source}`)).toMatch(/Failed to pull docker:.*\n.*HTTP/);
  const said = await says(`pull --insecure ${source} --max-size 1GiB --progress log`);
  expect(said).toMatch(/^Image '127\.0\.0\.1:\d+\/shop\/web:1' pulled: sha256:[0-9a-f]{64}\n\n$/);
  const lines = (await says(`pull ${world.layout} other --progress json`)).trim().split('\n');
  const [first, ...rest] = lines.map((line) => JSON.parse(line) as PullProgress);
  expect(first).toEqual({ phase: 'look', layers: 0, allLayers: 0, bytes: 0, allBytes: 0 });
  expect(rest.at(-1)).toMatchObject({ image: { name: 'other:latest' } });
  expect(await says(`-q pull ${world.layout} --name other --progress none`)).toBe('');
  await refusesEach([
    ['pull', 'requires <source> option'],
    ['pull web', 'docker://NAME:TAG'],
    ['pull oci:/nowhere:x', 'skopeo: '],
    [`pull ${world.layout} Name`, "'Name' can't be the name of an image"],
    [`pull ${world.layout} --name x! --progress none`, "can't be the name of an image"],
    [`pull ${world.layout} small --max-size 1KiB`, 'makes the image more than is allowed'],
    [`pull ${world.layout} small --max-size x`, "Scaled numeric value 'x'"],
    [`pull ${world.layout} --progress x`, '--progress is one of line, log, json, none'],
    ['-r pull oci:/nowhere:x', 'read'],
  ]);
  // All three are one image.
  expect(layers()).toHaveLength(1);
});

test('images lists them, and rmi removes them', async () => {
  await says(`-q pull ${world.layout} listed --progress none`);
  expect(await says('images')).toMatch(
    /^ Name +Digest +Layers +Size +Pulled\n-+\n(.*\n)* listed:latest +[0-9a-f]{12} +1 +[\d.]+ MiB +\d{4}-\d\d-\d\d \d\d:\d\d\n/,
  );
  expect(await says('images --name')).toContain('listed:latest\n');
  const all = JSON.parse(await says('images --format json')) as { name: string }[];
  expect(all.map(({ name }) => name)).toContain('listed:latest');
  await refusesEach([
    ['images --format xml', '--format is one of text, json'],
    ['images x', "unexpected data 'x'"],
    ['rmi nosuch', "no image 'nosuch:latest'"],
    ['rmi', 'requires <image> option'],
  ]);
  expect(await says('rmi listed')).toBe("Image 'listed' removed\n\n");
  expect(await says('images --name')).not.toContain('listed');
});

test('run runs a program of an image, and refuses what it has to', async () => {
  expect(await says('run web')).toBe('from the image\n');
  expect(await says('run web --name mine -- echo one')).toBe('one\n');
  const upper = join(world.root.path, 'run-upper');
  const xml = await says(
    `run --print-xml --name a --entrypoint sh --env A=1 --env B=2 --user 7:8 --workdir /tmp --stop-signal SIGQUIT --expose 81/udp --volume /srv:/data -v /opt:/opt:ro --memory 64MiB --ids host --network lab --publish 127.0.0.1:8080:80 -p 53:53/udp --upper ${upper} web -- -c true`,
  );
  for (const words of [
    "<initenv name='B'>2</initenv>",
    '<inituser>7</inituser>',
    '<initgroup>8</initgroup>',
    '<initdir>/tmp</initdir>',
    "<tslxc:stop signal='SIGQUIT'/>",
    "<image:port protocol='udp' start='81'/>",
    "<source dir='/srv'/>",
    "<target dir='/opt'/>\n      <readonly/>",
    "<memory unit='KiB'>65536</memory>",
    "<source network='lab'/>",
    "<portForward proto='tcp' address='127.0.0.1'>",
    "<range start='8080' to='80'/>",
    "<portForward proto='udp'>",
    `upper='${upper}'`,
  ]) {
    expect(xml).toContain(words);
  }
  expect(xml).toContain("<tslxc:idmap allocate='none'/>");
  expect(xml).not.toContain('tslxc:hardening');
  expect(await says('run --print-xml -p 80:80 web')).toContain("<source network='default'/>");
  expect(await says('run --rm -d --name left web -- sleep 1000')).toBe('left\n');
  expect(await says('domstate left')).toContain('running');
  await says('destroy left');
  expect(existsSync(upper)).toBe(false);
  await refusesEach([
    ['run', 'requires <image> option'],
    ['run nosuch', "no image 'nosuch:latest'"],
    ['run --name a/b web', "'a/b' for <name> option can't be the name of a domain"],
    ['run --entrypoint nosuch web', "no program 'nosuch'"],
    ['run --env =A web', "'=A' for <env> option is not NAME=VALUE"],
    ['run --user root:nosuch web', "'root:nosuch' for <user> option: the image has no group"],
    ['run --user 70000 web', "'70000' for <user> option: the container has the ids from 0"],
    ['run -v /nowhere:/x web', "'/nowhere:/x' for <volume> option: there is no '/nowhere'"],
    ['run --workdir /nowhere web', "'/nowhere' for <workdir> option: the image has no such"],
    ['run --user nosuch web', "'nosuch' for <user> option: the image has no user of that name"],
    ['run --workdir tmp web', "'tmp' for <workdir> option is not an absolute path"],
    ['run --stop-signal X web', "'X' for <stop-signal> option must be a signal"],
    ['run --expose x web', "'x' for <expose> option is not a port"],
    ['run --volume x web', "'x' for <volume> option is not DIRECTORY:TARGET"],
    ['run --memory x web', "Scaled numeric value 'x'"],
    ['run --ids x web', '--ids is one of auto, host'],
    ['run --publish x web', "'x' for <publish> option publishes no port"],
    ['run -p 80:80 --network none web', 'no port can be published'],
    ['run --publish 80:80 --network host web', 'are those of the host already'],
    ['run -d nosuch', "no image 'nosuch:latest'"],
    ['run --network nosuch web', "'nosuch' for <network> option: there is no such network"],
    ['run --upper /dev/null web', "'/dev/null' for <upper> option: that is no directory"],
    ['run web -- nosuch', "no program 'nosuch'"],
  ]);
});

test('create makes a domain of an image, and refuses what it has to', async () => {
  const upper = join(world.root.path, 'create-upper');
  expect(
    await says(
      `create --image web --name made --entrypoint cat --env A=1 --user 0 --workdir /tmp --stop-signal 3 --expose 80 --volume /srv:/srv --memory 64MiB --ids auto --network none --upper ${upper}`,
    ),
  ).toBe("Domain 'made' created from image web\n\n");
  expect(await says('dumpxml made')).toContain(`upper="${upper}"`);
  await says('destroy made');
  expect(existsSync(upper)).toBe(true);
  expect(await says('create --image web --publish 80:80 --print-xml')).toContain(
    "<range start='80'",
  );
  await refusesEach([
    ['create', 'requires <file> option'],
    ['create /dev/null --name x', 'Option --image is required by option --name'],
    ['create /dev/null --image web', 'mutually exclusive'],
    ['create --image nosuch', "no image 'nosuch:latest'"],
    ['create --image web --name a/b', "'a/b' for <name> option can't be the name of a domain"],
    ['create --image web --entrypoint nosuch', "no program 'nosuch'"],
    ['create --image web --env =A', "'=A' for <env> option is not NAME=VALUE"],
    [
      'create --image web --user nosuch',
      "'nosuch' for <user> option: the image has no user of that name",
    ],
    ['create --image web --workdir tmp', "'tmp' for <workdir> option is not an absolute path"],
    ['create --image web --stop-signal X', "'X' for <stop-signal> option must be a signal"],
    ['create --image web --expose x', "'x' for <expose> option is not a port"],
    ['create --image web --volume x', "'x' for <volume> option is not DIRECTORY:TARGET"],
    ['create --image web --memory x', "Scaled numeric value 'x'"],
    ['create --image web --ids x', '--ids is one of auto, host'],
    ['create --image web --publish x', "'x' for <publish> option publishes no port"],
    [
      'create --image web --network nosuch',
      "'nosuch' for <network> option: there is no such network",
    ],
    [
      'create --image web --upper /dev/null',
      "'/dev/null' for <upper> option: that is no directory",
    ],
  ]);
  await world.connection.images.collect();
});
