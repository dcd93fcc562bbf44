'use strict';

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

// n8n reads it once in a process, so in jest this module is loaded with Node's own require.
const folder = path.join(os.tmpdir(), `hailuo-n8n-${process.pid}`);
process.once('exit', () => fs.rmSync(folder, { recursive: true, force: true }));

/**
 * Makes the folder for n8n's files, and sets the environment for an n8n in this process. n8n reads it when it is
 * required, so this must come first.
 * @returns {string} the folder; it is removed when this process ends
 */
function n8nFolder() {
	fs.mkdirSync(folder, { recursive: true });
	Object.assign(process.env, {
		N8N_USER_FOLDER: folder,
		N8N_ENCRYPTION_KEY: 'test-encryption',
		N8N_LOG_LEVEL: 'silent',
		N8N_DEFAULT_BINARY_DATA_MODE: 'filesystem',
		N8N_AVAILABLE_BINARY_DATA_MODES: 'filesystem',
	});
	return folder;
}

module.exports = { n8nFolder };
