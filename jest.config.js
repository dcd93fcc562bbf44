/** Unit tests are TypeScript, tests that need Node built-ins (servers, processes) are plain JavaScript. */
module.exports = {
	testEnvironment: '<rootDir>/test/jest/environment.js',
	maxWorkers: '100%',
	// No test waits for real time, so this only ends one that hangs.
	testTimeout: 300_000,
	// ms; a busy machine takes longer than jest's half second to end a process, although nothing is open in it any more.
	workerGracefulExitTimeout: 20_000,
	testSequencer: '<rootDir>/test/jest/sequencer.js',
	roots: ['<rootDir>/test/unit', '<rootDir>/test/engine', '<rootDir>/test/simulator'],
	testMatch: ['**/*.test.ts', '**/*.test.js'],
	// Loaded once in a process instead of once in a file.
	moduleNameMapper: { '^(fast-check|n8n-core|n8n-workflow)$': '<rootDir>/test/jest/$1.js' },
	transform: { '^.+\\.ts$': ['ts-jest', { tsconfig: 'test/tsconfig.json' }] },
};
