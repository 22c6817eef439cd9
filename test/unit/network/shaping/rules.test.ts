/** lib/network/shaping/rules.ts: lines for tc. What they do to packets, test/network-long shows. */
import {
  networkLines,
  queueLine,
  rootLines,
  withoutFloorsLines,
} from '../../../../lib/network/shaping/rules';

test('KiB are 1024 bytes, and a burst goes out as fast as the device can', () => {
  expect(rootLines('vnet1000', { average: 1000, burst: 64 }, 'add')).toEqual([
    'qdisc add dev vnet1000 root handle 1: htb default 1',
    'class add dev vnet1000 parent 1: classid 1:1 htb rate 8192000bit ceil 8192000bit ' +
      'burst 65536b cburst 65536b quantum 102400',
  ]);
});

test('a peak is the most that a burst can have', () => {
  const [line] = rootLines('v', { average: 1000, peak: 2000, burst: 64 }, 'change');
  expect(line).toContain('class change dev v');
  expect(line).toContain('rate 8192000bit ceil 16384000bit burst 65536b cburst 20480b');
});

test.each([1, 1000, 2 ** 40])(
  'numbers of %d KiB/s are within what tc and the kernel take',
  (average) => {
    const [, line = ''] = rootLines('v', { average, burst: 2 ** 40 }, 'add');
    const [, rate, burst] = /rate (\d+)bit .* burst (\d+)b/.exec(line) ?? [];
    // Ticks of 64 ns, in 32 bits.
    expect((Number(burst) / (Number(rate) / 8)) * 1e9).toBeLessThan(2 ** 32 * 64);
    expect(Number(rate)).toBe(average * 8192);
  },
);

test('a queue holds a few of the largest packets, and never much of the memory', () => {
  const limit = (average: number): number => {
    const queue = { action: 'add', kind: 'bfifo', parent: '1:1', handle: '2:' } as const;
    return Number(/limit (\d+)/.exec(queueLine('v', { average }, queue))?.[1]);
  };
  expect(limit(1)).toBe(128 * 1024);
  expect(limit(4096)).toBe(1024 * 1024);
  expect(limit(2 ** 30)).toBe(16 * 1024 * 1024);
});

test('CoDel is given the time that a packet takes', () => {
  const queue = { action: 'add', kind: 'fq_codel', parent: '1:1', handle: '2:' } as const;
  expect(queueLine('v', { average: 1000 }, queue)).toBe(
    'qdisc add dev v parent 1:1 handle 2: fq_codel',
  );
  expect(queueLine('v', { average: 10 }, queue)).toContain('fq_codel target 221778us interval');
});

test('shares of a network are taken off what the others are sure of', () => {
  const floors = [
    { mac: '52:54:00:12:34:56', floor: 300 },
    { mac: '52:54:00:12:34:57', floor: 200 },
  ];
  const lines = networkLines('virbr0', { average: 1000 }, { action: 'change', floors });
  expect(lines.map((line) => line.split(' quantum')[0])).toEqual([
    'class change dev virbr0 parent 1: classid 1:1 htb rate 8192000bit ceil 8192000bit burst 10240b cburst 10240b',
    'class change dev virbr0 parent 1:1 classid 1:2 htb rate 4096000bit ceil 8192000bit burst 10240b cburst 10240b',
    'class add dev virbr0 parent 1:1 classid 1:3 htb rate 2457600bit ceil 8192000bit burst 10240b cburst 10240b',
    'filter add dev virbr0 parent 1: protocol all prio 3 u32 match u16 0x5254 0xffff at -14 match u32 0x00123456 0xffffffff at -12 flowid 1:3',
    'class add dev virbr0 parent 1:1 classid 1:4 htb rate 1638400bit ceil 8192000bit burst 10240b cburst 10240b',
    'filter add dev virbr0 parent 1: protocol all prio 4 u32 match u16 0x5254 0xffff at -14 match u32 0x00123457 0xffffffff at -12 flowid 1:4',
  ]);
});

test('classes go after the filters that lead there', () => {
  expect(withoutFloorsLines('virbr0', ['1:1', '1:2', '1:3', '1:a'])).toEqual([
    'filter del dev virbr0 parent 1:',
    'class del dev virbr0 classid 1:3',
    'class del dev virbr0 classid 1:a',
  ]);
  expect(withoutFloorsLines('virbr0', ['1:1', '1:2'])).toEqual([]);
});
