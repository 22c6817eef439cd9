/** An inode that has as many names as its file system allows is copied with all of them. */
import { linkSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { native } from '../../../lib/host/native';
import { Scratch } from '../../addon/scratch';
import { makeImage } from '../../support/root/filesystem-image';

const scratch = new Scratch();
/** No other test has it. */
const number = 9988;
/** EXT4_LINK_MAX. */
const most = 65_000;
let mounted = -1;

beforeAll(async () => {
  const image = makeImage('ext4', scratch.path);
  await native().attachLoop({ number, image, access: 'readWrite' });
  mounted = native().makeFilesystem('ext4', [`source=/dev/loop${number}`], 0);
});

afterAll(async () => {
  await scratch.dispose();
  native().closeDescriptor(mounted);
  await native().detachLoop(number);
});

test('65,000 hard links on ext4 are 65,000 in the copy', async () => {
  const place = `/proc/${process.pid}/fd/${mounted}`;
  const [from, to] = [`${place}/from`, `${place}/to`];
  for (const path of [from, to]) mkdirSync(path);
  writeFileSync(`${from}/0`, 'text');
  for (let name = 1; name < most; name += 1) linkSync(`${from}/0`, `${from}/${name}`);
  expect(() => linkSync(`${from}/0`, `${from}/more`)).toThrow('EMLINK');
  await native().copyTree(scratch.open(from), { into: scratch.open(to) }, -1);
  expect(readdirSync(to).length).toBe(most);
  expect(statSync(`${to}/0`).nlink).toBe(most);
});
