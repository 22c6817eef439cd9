/** The frame that every test with containers runs in: its order, and what it says when something goes wrong. */
import { Frame } from '../../support/world/frame';
import type { Make } from '../../support/world/frame';

let steps: string[];
let leaks: string[];

beforeEach(() => {
  [steps, leaks] = [[], []];
});

/** A frame on a host that has nothing but `leaks`. */
function frameOf<Made extends object>(make: Make<Made>): Frame<Made> {
  return new Frame(make, () => {
    const before = leaks.length;
    steps.push('picture');
    return async () => {
      steps.push('compare');
      await Promise.resolve();
      if (leaks.length !== before) throw new Error(`left: ${leaks.join(', ')}`);
    };
  });
}

const resource = (name: string): AsyncDisposable & { readonly name: string } => ({
  name,
  [Symbol.asyncDispose]: async () => {
    await Promise.resolve();
    steps.push(`end ${name}`);
  },
});

const failing = (name: string) => (): void => {
  steps.push(`end ${name}`);
  throw new Error(`${name} does not end`);
};

test('the picture is taken first and compared last, and what is kept ends in the reverse order', async () => {
  const frame = frameOf((keep) => {
    steps.push('make');
    const root = keep(resource('root'));
    keep({ [Symbol.dispose]: () => void steps.push('end disk') });
    keep(() => void steps.push(`end domain below ${world.root.name}`));
    return { root };
  });
  const world = frame.view();
  await frame.begin();
  expect(world.root.name).toBe('root');
  await frame.end();
  expect(steps).toEqual([
    ...['picture', 'make'],
    ...['end domain below root', 'end disk', 'end root', 'compare'],
  ]);
});

test('what is left on the host makes it fail', async () => {
  const frame = frameOf(() => ({}));
  await frame.begin();
  leaks.push('a cgroup');
  await expect(frame.end()).rejects.toThrow(/^left: a cgroup$/);
});

test('what was there before is not held against the next test', async () => {
  const frame = frameOf(() => ({}));
  leaks.push('a cgroup');
  await frame.begin();
  await frame.end();
  expect(steps).toEqual(['picture', 'compare']);
});

test('an end that fails keeps none of the others from it, and all failures are told', async () => {
  const frame = frameOf((keep) => {
    keep(resource('root'));
    keep(failing('connection'));
    keep(resource('domain'));
    leaks.push('a mount');
    return {};
  });
  await frame.begin();
  await expect(frame.end()).rejects.toMatchObject({
    message: 'Error: connection does not end\nError: left: a mount',
    errors: [{ message: 'connection does not end' }, { message: 'left: a mount' }],
  });
  expect(steps).toEqual(['picture', 'end domain', 'end connection', 'end root', 'compare']);
});

test('when making fails half-way, what was kept by then is ended and the host compared', async () => {
  const frame = frameOf((keep): object => {
    keep(resource('root'));
    throw new Error('no busybox');
  });
  await expect(frame.begin()).rejects.toThrow('no busybox');
  await frame.end();
  expect(steps).toEqual(['picture', 'end root', 'compare']);
});

test('each test has its own, with its private fields, and between tests there is nothing', async () => {
  class Counter {
    #count = 0;
    next(): number {
      return (this.#count += 1);
    }
  }
  const frame = frameOf(() => new Counter());
  const counter = frame.view();
  expect(() => counter.next()).toThrow('next is read where no test runs');
  for (let round = 0; round < 2; round++) {
    await frame.begin();
    expect([counter.next(), counter.next()]).toEqual([1, 2]);
    await frame.end();
  }
  expect(() => counter.next()).toThrow('next is read where no test runs');
});
