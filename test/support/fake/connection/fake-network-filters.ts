/** Filters of interfaces: of each that a test asks for. For the tests of lib/cli. */
export class FakeNetworkFilters {
  readonly calls: unknown[] = [];

  async bindingXml(port: string): Promise<string> {
    this.calls.push(['bindingXml', port]);
    return Promise.resolve(`<filterbinding>\n  <portdev name='${port}'/>\n</filterbinding>\n`);
  }
}
