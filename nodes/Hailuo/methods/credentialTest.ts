/** The tests of the credentials, named by `testedBy` in the nodes; one file a provider, and credentialRun.ts says how. */
export { hailuoMiniMaxApiTest } from './miniMaxTest';
export { hailuoVtrixApiTest } from './vtrixTest';
export { hailuoWaveSpeedApiTest } from './waveSpeedTest';
