'use strict';

const fs = require('node:fs');
const path = require('node:path');

/** The workflows that users import. */
const EXAMPLES = path.join(__dirname, '..', '..', 'examples');

const STICKY = 'n8n-nodes-base.stickyNote';

/** @returns {Array<{file: string, workflow: any}>} */
function loadExamples() {
	return fs
		.readdirSync(EXAMPLES)
		.filter((file) => file.endsWith('.json'))
		.sort()
		.map((file) => ({
			file,
			workflow: JSON.parse(fs.readFileSync(path.join(EXAMPLES, file), 'utf8')),
		}));
}

const isSticky = ({ type }) => type === STICKY;
const isOurs = ({ type }) => type.startsWith('n8n-nodes-hailuo.');

module.exports = { EXAMPLES, isOurs, isSticky, loadExamples };
