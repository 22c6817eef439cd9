/** libvirt-python: lookups, errors, a console as a stream, and what TrueNAS's middleware asks for. */
import { domainXml, helloWorldXml } from '../support/domain/domain-xml';
import { python, rootAndDaemon } from '../support/clients/client-world';
import { containerTest } from '../support/world/container-test';

const world = containerTest(rootAndDaemon);

/** What a script prints; anything but success is what it says. */
async function printed(script: string): Promise<string> {
  const quiet = 'libvirt.registerErrorHandler(lambda *_: None, None)';
  const { code, stdout, stderr } = await python(`import libvirt\n${quiet}\n${script}`);
  return code === 0 ? stdout : `status ${code}: ${stderr}`;
}

test('errors have libvirt’s codes, origins and texts', async () => {
  const script = `
connection = libvirt.open('lxc:///')
for call in (lambda: connection.lookupByName('none'),
             lambda: connection.networkLookupByName('none'),
             lambda: connection.defineXML('<domain'),
             lambda: connection.defineXML('<domain type="lxc"/>'),
             lambda: connection.storagePoolLookupByName('none'),
             lambda: libvirt.openReadOnly('lxc:///').defineXML('<domain/>')):
    try:
        call()
    except libvirt.libvirtError as error:
        print(error.get_error_code(), error.get_error_domain(), error.get_error_level(), error.get_str1() is not None)
`;
  expect((await printed(script)).split('\n')).toEqual([
    '42 17 2 True',
    '43 19 2 True',
    '35 20 2 True',
    expect.stringMatching(/^\d+ \d+ 2 True$/),
    '49 18 2 True',
    '29 20 2 True',
    '',
  ]);
});

test('the calls of TrueNAS’s middleware, in its order', async () => {
  const xml = JSON.stringify(domainXml({ name: 'appliance' }));
  const script = `
import libvirt_lxc, os
connection = libvirt.open('lxc:///')
connection.isAlive()
domain = connection.defineXML(${xml})
print(domain.name(), domain.isActive(), domain.state())
domain.create()
print(domain.isActive(), domain.state(), domain.ID() > 0)
print([one.name() for one in connection.listAllDomains()])
print(connection.lookupByUUIDString(domain.UUIDString()).name())
print(domain.XMLDesc().startswith("<domain type='lxc' id='"))
domain.destroy()
print(domain.state())
domain.undefine()
print(connection.listAllDomains())
`;
  expect(await printed(script)).toBe(
    [
      'appliance 0 [5, 0]',
      '1 [1, 1] True',
      "['appliance']",
      'appliance',
      'True',
      '[5, 2]',
      '[]',
      '',
    ].join('\n'),
  );
});

test('a console is a stream, both ways, and ends with its container', async () => {
  await (await world.connection.defineDomain(helloWorldXml)).start();
  const script = `
connection = libvirt.open('lxc:///')
domain = connection.lookupByName('helloworld')
stream = connection.newStream(0)
domain.openConsole(None, stream, 0)
stream.send(b'echo $((6 * 7)) is it; exit\\n')
text = b''
while True:
    piece = stream.recv(1024)
    if not piece:
        break
    text += piece
print(b'42 is it' in text)
stream.finish()
`;
  expect(await printed(script)).toBe('True\n');
});

test('a client that is killed in the midst of a stream leaves the container as it was', async () => {
  const domain = await world.connection.defineDomain(helloWorldXml);
  await domain.start();
  const script = `
import os, signal
connection = libvirt.open('lxc:///')
stream = connection.newStream(0)
connection.lookupByName('helloworld').openConsole(None, stream, 0)
stream.send(b'echo half a li')
os.kill(os.getpid(), signal.SIGKILL)
`;
  expect(await printed(script)).toContain('status -1');
  expect(await domain.state()).toMatchObject({ state: 'running' });
  const console_ = await domain.openConsole();
  // A shell that is interrupted lets go of what has been typed meanwhile.
  console_.write('\u0003');
  const typing = setInterval(() => console_.write('echo $((6 * 7)) after\n'), 500);
  let text = '';
  for await (const chunk of console_) {
    text += String(chunk);
    if (text.includes('42 after')) break;
  }
  clearInterval(typing);
  expect(text).toContain('42 after');
});

test('a hundred domains are listed by one call, and looked at by one more', async () => {
  const { connection } = world;
  for (let index = 0; index < 100; index += 1) {
    await connection.defineDomain(domainXml({ name: `many-${index}` }));
  }
  const script = `
connection = libvirt.open('lxc:///')
print(len(connection.listAllDomains()), len(connection.getAllDomainStats()), connection.numOfDefinedDomains())
`;
  expect(await printed(script)).toBe('100 100 100\n');
});
