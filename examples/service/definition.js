/** What the container of the service is. */

/**
 * @param {object} parts
 * @param {string} parts.name
 * @param {string} parts.root - folder of the host that is the container's root
 * @param {string} parts.app - folder of the host that it finds, read-only, as /app
 * @param {number} parts.port - of the host, that leads to it
 * @returns {import('tslxc').DomainSpec}
 */
export function definition({ name, root, app, port }) {
  return {
    name,
    memory: '64MiB',
    limits: { processes: 64 },
    // The container's root is an unprivileged user of the host, with ids that no other container or user has.
    idMap: 'auto',
    init: '/bin/sh',
    args: ['/app/start.sh'],
    root,
    mounts: [{ source: app, target: '/app', readonly: true }],
    interfaces: [
      {
        type: 'network',
        network: 'default',
        // One that stays, so that DHCP gives the same address each time.
        mac: '52:54:00:67:72:65',
        portForwards: [{ ranges: [{ start: port, to: 80 }] }],
      },
    ],
    // What crashes is started again, and so is what hangs.
    restart: { policy: 'on-failure' },
    health: { port: 80, grace: 30_000, action: 'restart' },
  };
}
