/** Arming a failpoint: what is understood, what is an error, and that nothing happens when none is armed. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { reach } from '../../../../lib/container/monitor/failpoint';
import {
  armedFailpoint,
  failActions,
  failpoints,
} from '../../../../lib/container/monitor/failpoints';
import { packageRoot } from '../../../../lib/host/package-paths';
import { runProgram } from '../../../support/process/run-command';
import { source } from '../../driver/source-child';

const cases = failpoints.flatMap((point) => failActions.map((action) => ({ point, action })));

test.each(cases)('$point=$action is understood', ({ point, action }) => {
  const armed = { point, action, count: 1 };
  expect(armedFailpoint({ TSLXC_FAILPOINT: `${point}=${action}` })).toEqual(armed);
});

test('a point of the monitor can be meant when it is reached for the third time', () => {
  const text = 'monitor:after-mapped#3=killController';
  const armed = { point: 'monitor:after-mapped', action: 'killController', count: 3 };
  expect(armedFailpoint({ TSLXC_FAILPOINT: text })).toEqual(armed);
});

test.each([{}, { TSLXC_FAILPOINT: '' }])('without one nothing is armed: %j', (environment) => {
  expect(armedFailpoint(environment)).toBeUndefined();
});

test.each([
  'x',
  'controller:after-own',
  'controller:after-own=',
  'controller:after-own=explode',
  '=killSelf',
  'monitor:after-mapped#0=killSelf',
  'monitor:after-mapped#256=killSelf',
  'monitor:after-mapped#x=killSelf',
])('%s is an error: a test with it would prove nothing', (text) => {
  expect(() => armedFailpoint({ TSLXC_FAILPOINT: text })).toThrow(`unknown failpoint '${text}'`);
});

test('every point is reached somewhere in the source', () => {
  const generated = readFileSync(join(packageRoot, 'native/base/messages.generated.h'), 'utf8');
  const callers = ['start/controller', 'start/monitor-process', 'record/undo', 'devices/plug'];
  const sources = callers.map((name) =>
    readFileSync(join(packageRoot, `lib/container/${name}.ts`), 'utf8'),
  );
  const native = ['main', 'start', 'init', 'restart', 'supervisor-restart', 'fitter'].map((name) =>
    readFileSync(join(packageRoot, `native/monitor/${name}.cc`), 'utf8'),
  );
  for (const point of failpoints) {
    const constant = `k${point.replace(/(?:^|[:-])(\w)/g, (_, letter: string) => letter.toUpperCase())}`;
    expect(generated).toContain(`  ${constant},\n`);
    const reached = /^(controller|plug):/.test(point)
      ? sources.some((text) => text.includes(`reach('${point}'`))
      : native.some((text) => new RegExp(`Failpoint::${constant}[,)]`).test(text));
    expect([point, reached]).toEqual([point, true]);
  }
});

/** How a child ends that reaches two points, the second of which is `controller:after-spawn`. */
async function endOf(action: string): Promise<unknown> {
  const code = `
    const { reach } = require(${source('container/monitor/failpoint.ts')});
    reach('controller:before-spawn', process.pid);
    console.log('first');
    reach('controller:after-spawn', process.pid);
    console.log('second');`;
  const hook = join(packageRoot, 'test/support/source/compile-on-require.js');
  const {
    code: exit,
    signal,
    stdout,
  } = await runProgram([process.execPath, '-r', hook, '-e', code], {
    env: { TSLXC_FAILPOINT: `controller:after-spawn=${action}` },
  });
  return { exit, signal, stdout };
}

test.each(['killSelf', 'killController', 'killMonitor'])(
  '%s ends its victim there and not before',
  async (action) => {
    expect(await endOf(action)).toEqual({ exit: -1, signal: 'SIGKILL', stdout: 'first\n' });
  },
);

test('none does nothing', async () => {
  expect(await endOf('none')).toEqual({ exit: 0, signal: null, stdout: 'first\nsecond\n' });
});

test('nothing happens while none is armed', () => {
  expect(process.env['TSLXC_FAILPOINT']).toBeUndefined();
  for (const point of failpoints) reach(point);
});
