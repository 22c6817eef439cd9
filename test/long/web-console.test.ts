/** examples/web-console: the page in a real browser, and what its server refuses to all others. */
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { connect as connectTo } from 'node:net';
import { join } from 'node:path';
import type { Domain } from 'tslxc';
import type { Page } from 'playwright-core';
import { TestBrowser } from '../support/browser/browser';
import { domainXml } from '../support/domain/domain-xml';
import { ConsoleServer } from '../support/examples/console-server';
import { ExampleCopy } from '../support/examples/example';
import { installedModules } from '../support/examples/modules';
import { packageRoot } from '../support/process/run-command';
import { makeBusyboxRoot } from '../support/root/busybox-root';
import { eventually } from '../support/time/eventually';
import { containerTest, rootAndConnection } from '../support/world/container-test';

const token = 'a-token-of-the-tests-0123456789abcdef';

const world = containerTest(async (keep) => {
  const { root, connection } = await rootAndConnection(keep);
  const busybox = keep(await makeBusyboxRoot(['clear', 'stty']));
  const modules = await installedModules('web-console');
  const env = { WEB_CONSOLE_TOKEN: token };
  const make = (variables: Readonly<Record<string, string>>): ExampleCopy =>
    keep(new ExampleCopy('web-console', { root: root.path, modules, env: variables }));
  const server = keep(await ConsoleServer.start(make(env)));
  const filesystems = [{ source: busybox.path, target: '/' }];
  const names = ['mail', 'shop', 'wiki'];
  const define = (name: string): Promise<Domain> =>
    connection.defineDomain(domainXml({ name, memory: 65_536, filesystems }));
  const [mail, shop] = await Promise.all(names.map(define));
  if (mail === undefined || shop === undefined) throw new Error('no domain has been defined');
  return { server, mail, shop, make };
});

interface Asked {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The answer of the server; to the request for a socket, also one that is none. */
async function ask({ method = 'GET', path = '/', headers = {} }: Asked): Promise<IncomingMessage> {
  const sent = request({ host: '127.0.0.1', port: world.server.port, method, path, headers });
  sent.end();
  const [answer] = (await Promise.race([once(sent, 'response'), once(sent, 'upgrade')])) as [
    IncomingMessage,
  ];
  return answer;
}

async function statusOf(asked: Asked): Promise<number | undefined> {
  const answer = await ask(asked);
  answer.destroy();
  return answer.statusCode;
}

const ownOrigin = (): string => `http://127.0.0.1:${world.server.port}`;

const addressOfPage = (): string => `${ownOrigin()}/#token=${token}`;

/** What a browser says when it asks for a socket. */
function socketHeaders(changes: Readonly<Record<string, string>> = {}): Record<string, string> {
  return {
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    Origin: ownOrigin(),
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': Buffer.alloc(16, 7).toString('base64'),
    'Sec-WebSocket-Protocol': `tslxc-web-console, token.${token}`,
    ...changes,
  };
}

describe('the server', () => {
  const path = '/api/domains/shop/start';
  const Authorization = `Bearer ${token}`;

  test('changes nothing for who has no token, or comes from elsewhere', async () => {
    const refused: [number, Record<string, string>][] = [
      [401, {}],
      [401, { Authorization: 'Bearer another' }],
      [401, { Authorization: `Basic ${token}` }],
      [403, { Authorization, Origin: 'http://example.com' }],
      [421, { Authorization, Host: `example.com:${world.server.port}` }],
    ];
    for (const [status, headers] of refused)
      expect([headers, await statusOf({ method: 'POST', path, headers })]).toEqual([
        headers,
        status,
      ]);
    expect((await world.shop.state()).state).toBe('shutoff');
    // Control: with all that is asked for, it does.
    const headers = { Authorization, Origin: ownOrigin() };
    expect(await statusOf({ method: 'POST', path, headers })).toBe(204);
    expect((await world.shop.state()).state).toBe('running');
    expect(await statusOf({ method: 'POST', path, headers })).toBe(409);
    const other = { method: 'POST', path: '/api/domains/nowhere/start', headers };
    expect(await statusOf(other)).toBe(404);
    await world.shop.destroy();
  });

  test('opens no socket for who has no token, or comes from elsewhere', async () => {
    for (const path of ['/api/statistics', '/api/domains/shop/console']) {
      const { Origin: _origin, ...withoutOrigin } = socketHeaders();
      const refused: [number, Record<string, string>][] = [
        [403, withoutOrigin],
        [403, socketHeaders({ Origin: 'http://example.com' })],
        [403, socketHeaders({ Origin: 'null' })],
        [421, socketHeaders({ Host: 'example.com', Origin: 'http://example.com' })],
        [401, socketHeaders({ 'Sec-WebSocket-Protocol': 'tslxc-web-console' })],
        [401, socketHeaders({ 'Sec-WebSocket-Protocol': 'tslxc-web-console, token.another' })],
        [401, socketHeaders({ 'Sec-WebSocket-Protocol': `token.${token}` })],
      ];
      for (const [status, headers] of refused)
        expect([headers, await statusOf({ path, headers })]).toEqual([headers, status]);
      expect(await statusOf({ path, headers: socketHeaders() })).toBe(101);
    }
    expect(await statusOf({ path: '/api/nothing', headers: socketHeaders() })).toBe(404);
  });

  test('keeps no connection of who was refused a socket', async () => {
    const { port } = world.server;
    const refused = connectTo({ host: '127.0.0.1', port, allowHalfOpen: true });
    const fields = Object.entries({ Host: `127.0.0.1:${port}`, ...socketHeaders({ Origin: '' }) });
    const lines = fields.map(([name, value]) => `${name}: ${value}\r\n`);
    refused.write(`GET /api/statistics HTTP/1.1\r\n${lines.join('')}\r\n`);
    let answer = '';
    refused.on('data', (chunk: Buffer) => (answer += chunk.toString()));
    refused.on('error', () => undefined);
    await once(refused, 'end');
    expect(answer).toMatch(/^HTTP\/1\.1 403 /);
    // This end is still open: what it says is not read any more.
    await eventually(() => {
      refused.write('more');
      expect(refused.destroyed).toBe(true);
    });
  });

  test('prints the token that it has chosen, and none that it was given, which has to be a long one', async () => {
    expect(world.server.address).toBe(`${ownOrigin()}/#token=$WEB_CONSOLE_TOKEN`);
    await using other = await ConsoleServer.start(world.make({}));
    expect(other.address).toContain('#token=');
    const short = await world.make({ WEB_CONSOLE_TOKEN: 'short' }).run('server.js', '--port', '0');
    expect([short.code, short.stderr]).toEqual([1, expect.stringContaining('WEB_CONSOLE_TOKEN')]);
  });

  test('listens at 127.0.0.1 alone, and gives no files but those of the page', async () => {
    const elsewhere = connectTo({ host: '127.0.0.2', port: world.server.port });
    const [error] = (await once(elsewhere, 'error')) as [NodeJS.ErrnoException];
    expect(error.code).toBe('ECONNREFUSED');
    for (const path of ['/server.js', '/public/page.js', '/../server.js', '/%2e%2e/server.js'])
      expect(await statusOf({ path })).toBe(404);
  });

  test('allows no scripts but its own files', async () => {
    const answer = await ask({});
    const policy = String(answer.headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'; script-src 'self';");
    let html = '';
    for await (const chunk of answer) html += String(chunk);
    expect(html).not.toMatch(/<script(?![^>]* src=)|<style| style=| on\w+=|javascript:/);
  });
});

describe('the page', () => {
  /** What the terminal shows, a line each row. */
  async function screen(page: Page): Promise<string> {
    const rows = await page.locator('.xterm-rows > div').allTextContents();
    return rows.map((row) => row.replaceAll('\u00a0', ' ').trimEnd()).join('\n');
  }

  const untilShown = (page: Page, pattern: RegExp): Promise<void> =>
    eventually(async () => expect(await screen(page)).toMatch(pattern));

  /** Types a line of shell, and waits for the answer. */
  async function type(page: Page, line: string, answer: RegExp): Promise<void> {
    await page.locator('.xterm-helper-textarea').focus();
    await page.keyboard.type(`${line}\n`);
    await untilShown(page, answer);
  }

  function press(page: Page, name: string, button: string): Promise<void> {
    return page.locator(`tr[data-name=${name}]`).getByRole('button', { name: button }).click();
  }

  const linkOf = (page: Page): Promise<string | null> =>
    page.locator('#console-link').textContent();

  /** Rows and columns, as the terminal of the container has them. */
  async function sizeInside(page: Page, mark: string): Promise<readonly [number, number]> {
    await type(page, `echo ${mark} $(stty size)`, new RegExp(`^${mark} \\d+ \\d+$`, 'm'));
    const found = new RegExp(`^${mark} (\\d+) (\\d+)$`, 'm').exec(await screen(page));
    return [Number(found?.[1]), Number(found?.[2])];
  }

  test('lists, starts, plots, is a console that comes back, and stops', async () => {
    await using browser = await TestBrowser.launch();
    const page = await browser.open(addressOfPage());
    await page.waitForSelector('tr[data-name=shop]');
    expect(page.url()).toBe(`${ownOrigin()}/`);
    expect(await page.locator('tbody tr td.name').allTextContents()).toEqual([
      'mail',
      'shop',
      'wiki',
    ]);

    await press(page, 'shop', 'Start');
    await page.waitForSelector('tr[data-name=shop] .state[data-state=running]');
    await press(page, 'shop', 'Console');
    await eventually(async () => expect(await linkOf(page)).toBe('connected'));
    await type(page, 'echo $((6 * 7))', /^42$/m);

    // The plots move, and show what the container uses.
    const plot = page.locator('tr[data-name=shop] canvas.cpu');
    await type(page, 'i=0; while [ $i -lt 300000 ]; do i=$((i + 1)); done; echo over', /^over$/m);
    await eventually(async () => {
      expect(await plot.getAttribute('aria-label')).toMatch(/^CPU time: \d+\.\d %$/);
    });
    const memory = await page.locator('tr[data-name=shop] .measure').nth(1).textContent();
    expect(memory).toMatch(/^\d+\.\d MiB of 64$/);

    // A smaller window is a smaller terminal inside.
    const before = await sizeInside(page, 'first');
    await page.setViewportSize({ width: 700, height: 800 });
    await eventually(async () => {
      const [rows, columns] = await sizeInside(page, `then${Date.now()}`);
      expect(rows).toBe(before[0]);
      expect(columns).toBeLessThan(before[1]);
      expect(await page.locator('.xterm-rows > div').count()).toBe(rows);
    });
    await page.setViewportSize({ width: 1100, height: 800 });

    // The server goes and comes; what the console has shown is there again.
    await type(page, 'clear; echo be""fore', /^before$/m);
    expect(await world.server.stop()).toBe(0);
    await eventually(async () => expect(await linkOf(page)).toBe('reconnecting'));
    await world.server.start();
    await eventually(async () => expect(await linkOf(page)).toBe('connected'), 10_000);
    await untilShown(page, /^before$/m);
    await type(page, 'echo af""ter', /^after$/m);

    // So do the containers.
    await page.keyboard.type('exit\n');
    await eventually(async () => expect(await linkOf(page)).toBe('ended'));
    await press(page, 'shop', 'Start');
    await eventually(async () => expect(await linkOf(page)).toBe('connected'), 10_000);
    await type(page, 'echo an""other', /^another$/m);

    await takePicture(page);
    await press(page, 'shop', 'Stop');
    await page.waitForSelector('tr[data-name=shop] .state[data-state=shutoff]');
    expect((await world.shop.state()).state).toBe('shutoff');
    // A browser says of itself that it could not reach a server.
    const own = browser.complaints.filter((one) => !one.includes('ERR_CONNECTION_REFUSED'));
    expect(own).toEqual([]);
  });

  test('types what is pasted, however long it is, and ends who sends more at once', async () => {
    await world.shop.start();
    await using browser = await TestBrowser.launch();
    const page = await browser.open(addressOfPage());
    await page.waitForSelector('tr[data-name=shop] .state[data-state=running]');
    await press(page, 'shop', 'Console');
    await eventually(async () => expect(await linkOf(page)).toBe('connected'));
    await type(page, 'stty -icanon -echo; echo rea""dy', /^ready$/m);
    await page.keyboard.type('head -c 100000 | wc -c; stty icanon echo\n');
    await page.keyboard.insertText('x'.repeat(100_000));
    await untilShown(page, /^100000$/m);

    /** The code by which the server closes a socket that sends this. */
    const closed = (sent: string): Promise<number> =>
      page.evaluate(`new Promise((resolve) => {
        const path = 'ws://' + location.host + '/api/domains/shop/console?rows=24&columns=80';
        const socket = new WebSocket(path, ['tslxc-web-console', 'token.${token}']);
        socket.onopen = () => socket.send(${sent});
        socket.onclose = ({ code }) => resolve(code);
      })`);
    expect(await closed('new Uint8Array(64 * 1024 + 1)')).toBe(1009);
    expect(await closed(`'{"rows":0,"columns":80}'`)).toBe(4001);
    expect(await closed(`'[]'`)).toBe(4001);
    expect(await closed(`'null'`)).toBe(4001);
    expect(browser.complaints).toEqual([]);
    await world.shop.destroy();
  });

  test('it is told when the server asks for another token, and goes on with that', async () => {
    await using server = await ConsoleServer.start(world.make({}));
    await using browser = await TestBrowser.launch();
    const page = await browser.open(server.address);
    await page.waitForSelector('tr[data-name=shop]');
    await server.stop();
    await server.start();
    const isTold = async (): Promise<void> =>
      expect(await page.locator('#link').textContent()).toMatch(/^another token: /);
    await eventually(isTold, 10_000);
    await page.goto(server.address);
    await eventually(async () => {
      expect(await page.locator('#link').textContent()).toBe('connected');
    });
  });

  test('without the token it shows nothing, and says why', async () => {
    await using browser = await TestBrowser.launch();
    const page = await browser.open(`${ownOrigin()}/`);
    await eventually(async () => {
      expect(await page.locator('#link').textContent()).toContain('no token');
    });
    expect(await page.locator('tbody tr').count()).toBe(0);
  });

  /** The picture in the documents, made anew as golden files are. */
  async function takePicture(page: Page): Promise<void> {
    if (process.env['UPDATE_GOLDEN'] !== '1') return;
    await press(page, 'mail', 'Start');
    await page.waitForSelector('tr[data-name=mail] .state[data-state=running]');
    // Half a minute of work that shows in the plots.
    const work = (loops: number, bytes: number): string =>
      `while :; do i=0; while [ $i -lt ${loops} ]; do i=$((i + 1)); done
       x=$(head -c ${bytes} /dev/zero | tr '\\0' x); sleep 3; x=; sleep 2; done`;
    await world.mail.execDetached(['sh', '-c', work(100_000, 8_000_000)]);
    await world.shop.execDetached(['sh', '-c', work(400_000, 20_000_000)]);
    await page.waitForTimeout(45_000);
    await type(page, 'clear; ps', /\bps\b/);
    mkdirSync(join(packageRoot, 'docs', 'images'), { recursive: true });
    await page.screenshot({ path: join(packageRoot, 'docs', 'images', 'web-console.png') });
  }
});
