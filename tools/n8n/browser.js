'use strict';

const { Editor } = require('./editor');
const { ensureChromium } = require('./system');

const FLAGS = [
	'--headless',
	'--no-sandbox',
	'--disable-gpu',
	'--disable-quic',
	'--no-first-run',
	'--disable-background-networking',
	'--disable-component-update',
	'--disable-sync',
];

/**
 * Opens a browser on a running n8n. Only n8n itself can be reached from it: the editor's own calls
 * to n8n's services would make a test depend on them.
 * @param {string} url n8n's address
 * @param {{width?: number, height?: number, scale?: number, dark?: boolean,
 *   log?: (line: string) => void}} [options] scale: device pixels per CSS pixel
 * @returns {Promise<{editor: Editor, page: import('playwright-core').Page, close(): Promise<void>}>}
 */
async function openBrowser(url, options = {}) {
	const { width = 1440, height = 900, scale = 1, dark = false, log } = options;
	const executablePath = await ensureChromium(log);
	const { chromium } = require('playwright-core');
	const browser = await chromium.launch({ executablePath, args: FLAGS });
	const context = await browser.newContext({
		viewport: { width, height },
		deviceScaleFactor: scale,
		colorScheme: dark ? 'dark' : 'light',
	});
	await context.route(
		(target) => target.hostname !== '127.0.0.1',
		(route) => route.abort(),
	);
	const page = await context.newPage();
	return { editor: new Editor(page, url), page, close: () => browser.close() };
}

module.exports = { Editor, openBrowser };
