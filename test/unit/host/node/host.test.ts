/** What a host tells of itself: its name, its CPUs, how it merges memory, and its firmware. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatSysinfo } from '../../../../lib/driver/inspect/host';
import { parseCpuList, readCpuMap } from '../../../../lib/host/node/cpu-map';
import { fullHostName } from '../../../../lib/host/node/host-name';
import { changeMemoryMerging, readMemoryMerging } from '../../../../lib/host/node/memory-merging';
import { parseSmbios, readSmbios } from '../../../../lib/host/node/smbios';
import { removeScratchAfterEach, scratchDirectory } from '../../driver/scratch';

removeScratchAfterEach();

function file(text: string): string {
  const path = join(scratchDirectory(), 'file');
  writeFileSync(path, text);
  return path;
}

describe('the name of the host', () => {
  const table = '127.0.0.1 localhost\n127.0.1.1 box.example.org box # here\n10.0.0.1 other box\n';

  test.each([
    ['box', table, 'box.example.org'],
    ['box.example.com', table, 'box.example.com'],
    ['else', table, 'else'],
    ['box', '127.0.0.1 localhost box\n', 'box'],
    ['box', '# 10.0.0.1 commented.example.org box\n', 'box'],
    ['localhost', '127.0.0.1 localhost.localdomain localhost\n', 'localhost'],
  ])('%j in %j', (name, text, full) => {
    expect(fullHostName(name, file(text))).toBe(full);
  });

  test('is what it is without a table', () => {
    expect(fullHostName('box', '/no/such/hosts')).toBe('box');
  });
});

test('the CPUs that are there, and those that are online', () => {
  const folder = scratchDirectory();
  for (const name of ['cpu0', 'cpu1', 'cpu2', 'cpufreq']) mkdirSync(join(folder, name));
  writeFileSync(join(folder, 'online'), '0,2\n');
  expect(readCpuMap(folder)).toEqual({ present: 3, online: [0, 2] });
  expect(parseCpuList('0-3,8,10-11\n')).toEqual([0, 1, 2, 3, 8, 10, 11]);
  expect(parseCpuList('\n')).toEqual([]);
});

describe('the merging of memory', () => {
  function folder(): string {
    const path = scratchDirectory();
    for (const [name, value] of Object.entries({
      pages_to_scan: 100,
      sleep_millisecs: 20,
      merge_across_nodes: 1,
      pages_shared: 7,
      full_scans: 3,
    })) {
      writeFileSync(join(path, name), `${value}\n`);
    }
    return path;
  }

  test('is told as far as the kernel tells it', () => {
    expect(readMemoryMerging(folder())).toEqual({
      pagesToScan: 100,
      sleepMilliseconds: 20,
      mergeAcrossNodes: true,
      pagesShared: 7n,
      fullScans: 3n,
    });
  });

  test('is changed as far as it is given', () => {
    const path = folder();
    changeMemoryMerging({ pagesToScan: 50, mergeAcrossNodes: false }, path);
    const read = (name: string): string => readFileSync(join(path, name), 'utf8');
    expect(['pages_to_scan', 'sleep_millisecs', 'merge_across_nodes'].map(read)).toEqual([
      '50',
      '20\n',
      '0',
    ]);
  });

  test('is not there in every kernel', () => {
    const message = /^Operation not supported: the kernel does not merge equal pages/;
    expect(() => readMemoryMerging('/no/such/ksm')).toThrow(message);
    expect(() => changeMemoryMerging({ pagesToScan: 1 }, '/no/such/ksm')).toThrow(message);
  });
});

describe('the firmware', () => {
  /** A structure: its type, what follows its header, and its strings. */
  function structure(type: number, content: readonly number[], ...strings: string[]): Buffer {
    const bytes = Buffer.from([type, 4 + content.length, 0, type, ...content]);
    const text = strings.length === 0 ? '\0\0' : `${strings.join('\0')}\0\0`;
    return Buffer.concat([bytes, Buffer.from(text, 'latin1')]);
  }

  const zeros = (count: number): number[] => Array.from({ length: count }, () => 0);
  const uuid = [0x04, 0x03, 0x02, 0x01, 0x06, 0x05, 0x08, 0x07, 9, 10, 11, 12, 13, 14, 15, 16];
  const table = Buffer.concat([
    structure(
      17,
      [...zeros(8), 0x00, 0x20, ...zeros(2), 1, 2, ...zeros(3), 0x80, 0x0c, 3],
      'DIMM 0',
      'BANK 0',
      'Maker',
    ),
    structure(11, [2], 'first ', 'a <second>'),
    structure(0, [1, 2, ...zeros(2), 3, ...zeros(11), 4, 7], 'Vendor', '1.2', '01/02/2026'),
    structure(1, [1, 2, 0, 0, ...uuid, 0, 0, 3], 'Maker', 'Box', 'Family'),
    structure(127, []),
    structure(0, [1], 'after the end'),
  ]);

  test('is told as libvirt tells it', () => {
    expect(formatSysinfo(parseSmbios(table))).toBe(`<sysinfo type='smbios'>
  <bios>
    <entry name='vendor'>Vendor</entry>
    <entry name='version'>1.2</entry>
    <entry name='date'>01/02/2026</entry>
    <entry name='release'>4.7</entry>
  </bios>
  <system>
    <entry name='manufacturer'>Maker</entry>
    <entry name='product'>Box</entry>
    <entry name='uuid'>01020304-0506-0708-090a-0b0c0d0e0f10</entry>
    <entry name='family'>Family</entry>
  </system>
  <memory_device>
    <entry name='size'>8 GB</entry>
    <entry name='locator'>DIMM 0</entry>
    <entry name='bank_locator'>BANK 0</entry>
    <entry name='speed'>3200 MT/s</entry>
    <entry name='manufacturer'>Maker</entry>
  </memory_device>
  <oemStrings>
    <entry>first</entry>
    <entry>a &lt;second&gt;</entry>
  </oemStrings>
</sysinfo>
`);
  });

  test('a table that breaks off anywhere is read as far as it goes', () => {
    for (let length = 0; length <= table.length; length += 1) {
      const parts = parseSmbios(table.subarray(0, length));
      expect(parts.length).toBeLessThanOrEqual(4);
    }
  });

  test('tells nothing where there is no table', () => {
    expect(readSmbios('/no/such/DMI')).toBeUndefined();
  });
});
