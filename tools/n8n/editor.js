'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { OWNER } = require('./client');
const { hasEnded, readChoices, readNodes, readParameters } = require('./editorPage');

const byId = (id) => `[data-test-id="${id}"]`;
const PARAMETER = '[data-parameter-path^="parameters."]';
const parameterPath = (name) => `[data-parameter-path="parameters.${name}"]`;

/**
 * n8n's editor in a real browser (Debian's Chromium), as a user sees it. Parameters are named by
 * their path in the node (`prompt`, `options.timeout`), choices by the text that is shown.
 */
class Editor {
	/** @param {import('playwright-core').Page} page @param {string} url n8n's address */
	constructor(page, url) {
		this.page = page;
		this.url = url;
	}

	async login({ email, password } = OWNER) {
		const { page } = this;
		await page.goto(`${this.url}/signin`);
		await page.fill('input[name=emailOrLdapLoginId]', email);
		await page.fill('input[name=password]', password);
		await page.click(byId('form-submit-button'));
		await page.waitForURL((url) => !url.pathname.includes('signin'));
	}

	/** Waits until every node is on the canvas. */
	async openWorkflow(id) {
		await this.page.goto(`${this.url}/workflow/${id}`);
		await this.page.locator(byId('canvas-node')).first().waitFor();
	}

	/** Opens a new, empty workflow. */
	async newWorkflow() {
		await this.page.goto(`${this.url}/workflow/new`);
		await this.page.locator(byId('canvas-add-button')).waitFor();
	}

	/** What the canvas says below a node's name. */
	async subtitle(name) {
		const node = this.page.locator(`${byId('canvas-node')}[data-node-name="${name}"]`);
		return (await node.locator('[class*=subtitle]').first().innerText()).trim();
	}

	/** Opens a node's panel (a double click on it). */
	async openNode(name) {
		const { page } = this;
		await page.locator(`${byId('canvas-node')}[data-node-name="${name}"]`).dblclick();
		await page.locator(byId('ndv')).waitFor();
		await page.locator(PARAMETER).first().waitFor();
		await this.settle();
	}

	async closeNode() {
		await this.page.click(byId('ndv-close-button'));
		await this.page.locator(byId('ndv')).waitFor({ state: 'hidden' });
	}

	/** Waits until the panel shows the same fields twice, 150 ms apart: Vue draws in steps. */
	async settle() {
		let last;
		for (let i = 0; i < 40; i++) {
			const now = JSON.stringify(await this.parameters());
			if (now === last) return;
			last = now;
			await this.page.waitForTimeout(150);
		}
		throw new Error('The panel of the node does not come to rest');
	}

	/**
	 * The fields that the open panel shows, from top to bottom.
	 * @returns {Promise<Array<{name: string, label: string, kind: string,
	 *   value: string | boolean | string[]}>>} value: as shown (of a dropdown, the text). A fixed
	 *   collection has kind `list`; a collection of options has kind `options` and its label as name,
	 *   since the page does not hold its real one. What they hold follows as fields of their own.
	 */
	async parameters() {
		return await this.page.evaluate(readParameters);
	}

	/** The grey or yellow texts between the fields (type `notice`). */
	async notices() {
		const shown = this.page.locator(`${byId('ndv')} .notice:visible`);
		return (await shown.allInnerTexts()).map((text) => text.trim());
	}

	/** The names of the fields that the editor marks as wrong, or as required and empty. */
	async issues() {
		const marks = this.page.locator(`${byId('ndv')} ${byId('parameter-issues')}:visible`);
		return await marks.evaluateAll((list) =>
			list.map((mark) => {
				const field = mark.parentElement?.querySelector('[data-parameter-path]');
				return field?.getAttribute('data-parameter-path')?.replace(/^parameters\./, '') ?? '';
			}),
		);
	}

	/** The grey text below a field; empty where there is none. */
	async hint(name) {
		const item = this.page.locator('.parameter-item').filter({ has: this.field(name) });
		// It has no id; the other texts of a field stand in its label.
		return (await item.locator('.n8n-text:not(label *)').allInnerTexts()).join(' ').trim();
	}

	field(name) {
		return this.page.locator(`${parameterPath(name)}:visible`);
	}

	async openChoices(name) {
		const field = this.field(name);
		if ((await field.count()) === 0) throw new Error(`The panel shows no field "${name}"`);
		const isOpen = await field
			.locator('input[role=combobox]')
			.first()
			.getAttribute('aria-expanded');
		// A click on an open list closes it.
		if (isOpen !== 'true') await field.locator('.el-select').first().click();
		const items = this.page.locator(`${byId('parameter-input-item')}:visible`);
		await items.first().waitFor();
		return items;
	}

	async closeChoices(items) {
		if (await items.count()) await this.page.keyboard.press('Escape');
		await items.first().waitFor({ state: 'hidden' });
	}

	/** What a dropdown offers. @returns {Promise<Array<{name: string, description: string}>>} */
	async choices(name) {
		const items = await this.openChoices(name);
		const found = await items.evaluateAll(readChoices);
		await this.closeChoices(items);
		return found;
	}

	/**
	 * Picks from a dropdown by the text that is shown.
	 * @throws {Error} naming what there is, when it is not in the list
	 */
	async choose(name, text) {
		const items = await this.openChoices(name);
		const found = (await items.evaluateAll(readChoices)).map((choice) => choice.name);
		const at = found.indexOf(text);
		if (at < 0) {
			await this.closeChoices(items);
			throw new Error(`"${name}" does not offer "${text}", but: ${found.join(', ')}`);
		}
		await items.nth(at).click();
		await items.first().waitFor({ state: 'hidden' });
		await this.settle();
	}

	async openAddOption() {
		await this.page
			.locator(`${byId('ndv')} ${byId('collection-parameter-add')} .el-select`)
			.click();
		const items = this.page.locator('.el-select-dropdown__item:visible');
		await items.first().waitFor();
		return items;
	}

	/** What "Add option" offers. */
	async addableOptions() {
		const items = await this.openAddOption();
		const found = (await items.allInnerTexts()).map((text) => text.trim());
		await this.closeChoices(items);
		return found;
	}

	/** Adds an option that the panel does not show yet. */
	async addOption(text) {
		const items = await this.openAddOption();
		await items.getByText(text, { exact: true }).click();
		await this.settle();
	}

	/** Types into a text or number field, in place of what it holds. */
	async fill(name, text) {
		await this.field(name).locator('input, textarea').first().fill(String(text));
		await this.settle();
	}

	/** Sets an on/off field. */
	async toggle(name, on) {
		const input = this.field(name).locator('input[role=switch]');
		if ((await input.getAttribute('aria-checked')) === String(on)) return;
		await this.field(name).locator('.el-switch').click();
		await this.settle();
	}

	/**
	 * Runs the open node ("Execute step") and waits until the run has ended and is shown.
	 * @returns {Promise<string>} what the output side then says
	 */
	async executeStep({ timeoutMs = 120_000 } = {}) {
		const { page } = this;
		const isRun = (response) =>
			response.request().method() === 'POST' &&
			/\/rest\/workflows\/[^/]+\/run/.test(response.url());
		const [response] = await Promise.all([
			page.waitForResponse(isRun),
			page
				.locator(`${byId('ndv')} ${byId('node-execute-button')}:visible`)
				.first()
				.click(),
		]);
		const { executionId } = (await response.json()).data;
		// Not waitForFunction: it takes the promise of an async function for a yes.
		const until = Date.now() + timeoutMs;
		while (!(await page.evaluate(hasEnded, executionId))) {
			if (Date.now() > until) throw new Error(`The step was at work for ${timeoutMs / 1000} s`);
			await page.waitForTimeout(500);
		}
		const shown = [byId('node-error-message'), byId('ndv-items-count'), '[class*=outputText]'];
		const output = page.locator(byId('output-panel'));
		await output.locator(shown.join(', ')).first().waitFor();
		await page.waitForTimeout(300);
		return await this.outputText();
	}

	/** All that the output side of the open panel says. */
	async outputText() {
		return await this.page.locator(byId('output-panel')).innerText();
	}

	/**
	 * Searches the list of nodes, as a user who wants to add one.
	 * @returns {Promise<Array<{name: string, description: string}>>} the nodes found, best first
	 */
	async searchNodes(text) {
		const { page } = this;
		const search = page.locator(`${byId('node-creator-search-bar')}`);
		if (!(await search.isVisible())) {
			const opener = page.locator(
				`${byId('node-creator-plus-button')}, ${byId('canvas-add-button')}`,
			);
			await opener.first().click();
			await search.waitFor();
		}
		await search.fill(text);
		await page.waitForTimeout(600);
		return await page.locator(`${byId('item-iterator-item')}:visible`).evaluateAll(readNodes);
	}

	/** @param {string} file a .png, made with the folders it needs */
	async screenshot(file, options = {}) {
		fs.mkdirSync(path.dirname(path.resolve(file)), { recursive: true });
		await this.page.screenshot({ path: file, animations: 'disabled', ...options });
		return file;
	}
}

module.exports = { Editor };
