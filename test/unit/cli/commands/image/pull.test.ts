/** pull: the values of its options are refused by name, before anything is looked up. */
import { run } from '../../run-main';

test.each([
  ['0', "'0' for <max-size> option allows no image: leave it out for 32GiB"],
  ['0GiB', "'0GiB' for <max-size> option allows no image: leave it out for 32GiB"],
  ['8PiB', "'8PiB' for <max-size> option is out of range: it has to be less than 8PiB"],
  ['=-1', "Scaled numeric value '-1' for <max-size> option is malformed or out of range"],
  [
    '99999999999999999999999',
    "Scaled numeric value '99999999999999999999999' for <max-size> option is malformed or out of range",
  ],
])('--max-size %s is refused by name', async (size, said) => {
  const option = size.startsWith('=') ? `--max-size${size}` : `--max-size ${size}`;
  const { status, stderr, connection } = await run(`pull oci:/nowhere/web ${option}`);
  expect({ status, stderr }).toEqual({ status: 1, stderr: `error: ${said}\n` });
  expect(connection.calls).toEqual([]);
});
