/** An image that says all that an image can say of its program, of four layers that change each other. */
import { join } from 'node:path';
import type { Connection, ImageInfo } from 'tslxc';
import { busyboxLayer, makeLayout } from './image-layout';
import { directory, file, opaque, whiteout } from './tar-archive';

const config = {
  Entrypoint: ['sh', '-c'],
  Cmd: ['id -u; id -g; pwd; echo $GREETING $HOME $PATH; cat /data/name; exit 3'],
  Env: ['GREETING=hello world', 'PATH=/bin', 'EMPTY='],
  User: 'alice',
  WorkingDir: '/srv/alice',
  ExposedPorts: { '80/tcp': {}, '53/udp': {} },
  Volumes: { '/data': {} },
  StopSignal: 'SIGQUIT',
};

const layers = [
  [...busyboxLayer(), directory('data'), file('data/name', 'one\n'), file('data/old', 'old\n')],
  [directory('data'), file('data/name', 'two\n'), whiteout('data/old')],
  [directory('etc/empty'), file('etc/empty/a', '')],
  [opaque('etc/empty')],
];

/** Pulls it as `web:1`, by way of a layout in the folder. */
export async function pullWeb(connection: Connection, folder: string): Promise<ImageInfo> {
  const source = makeLayout(join(folder, 'layout'), { layers, config });
  return await connection.images.pull(source, { name: 'web:1' });
}
