'use strict';

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

/**
 * Makes the folder for n8n's files, and sets the environment for an n8n in this process. n8n reads it when it is
 * required, so this must come first.
 *
 * @param {string} prefix of the folder's name
 * @param {Record<string, string>} [more] further variables
 * @returns {string} the folder
 */
function n8nFolder(prefix, more) {
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), prefix));
	Object.assign(process.env, {
		N8N_USER_FOLDER: folder,
		N8N_ENCRYPTION_KEY: 'test-encryption',
		N8N_LOG_LEVEL: 'silent',
		N8N_DEFAULT_BINARY_DATA_MODE: 'filesystem',
		...more,
	});
	return folder;
}

module.exports = { n8nFolder };
