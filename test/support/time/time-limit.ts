/** Gives each test the time that jest.config.js sets for its project: Jest itself knows one limit for all. */
declare const testSeconds: number;

jest.setTimeout(testSeconds * 1000);
