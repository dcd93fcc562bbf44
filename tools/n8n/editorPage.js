'use strict';

/* What the harness asks n8n's page. These run inside the page, so they use nothing from outside. */

/** The entries of an open dropdown. @param {Element[]} list */
function readChoices(list) {
	return list.map((item) => ({
		name: item.querySelector('.option-headline')?.textContent.trim() ?? '',
		description: item.querySelector('.option-description')?.textContent.trim() ?? '',
	}));
}

/** Asks n8n whether an execution has ended. With the session of the page. */
async function hasEnded(id) {
	const headers = { 'browser-id': localStorage.getItem('n8n-browserId') ?? '' };
	const response = await fetch(`/rest/executions/${id}`, { headers });
	const { data } = await response.json();
	return ['success', 'error', 'canceled', 'crashed'].includes(data?.status);
}

/** The nodes in the list of nodes. @param {Element[]} list */
function readNodes(list) {
	return list.map((item) => {
		const text = (id) => item.querySelector(`[data-test-id=${id}]`)?.textContent.trim() ?? '';
		return {
			name: text('node-creator-item-name'),
			description: text('node-creator-item-description'),
		};
	});
}

/** The fields of the open panel, as a user sees them. */
function readParameters() {
	const LIST = 'fixed-collection-';
	const selector = [
		'[data-parameter-path^="parameters."]',
		`[data-test-id^="${LIST}"]`,
		'[data-test-id="collection-parameter-add"]',
	];
	const value = (field) => {
		const toggle = field.querySelector('input[role=switch]');
		if (toggle) return { kind: 'toggle', value: toggle.getAttribute('aria-checked') === 'true' };
		const editor = field.querySelector('.cm-content');
		if (editor) return { kind: 'expression', value: editor.textContent };
		if (field.querySelector('.el-select__tags')) {
			const tags = [...field.querySelectorAll('.el-tag')];
			return { kind: 'choices', value: tags.map((tag) => tag.textContent.trim()) };
		}
		const input = field.querySelector('input, textarea');
		const select = field.querySelector('.el-select');
		return { kind: select ? 'choice' : 'text', value: input?.value ?? field.textContent.trim() };
	};
	const labelOf = (box) => box?.querySelector('label .n8n-text')?.textContent.trim() ?? '';
	const read = (field) => {
		const path = field.getAttribute('data-parameter-path');
		if (path) {
			const name = path.replace(/^parameters\./, '');
			return { name, label: labelOf(field.closest('.parameter-item')), ...value(field) };
		}
		const id = field.getAttribute('data-test-id');
		const label = labelOf(field.closest('.multi-parameter'));
		return id.startsWith(LIST)
			? { name: id.slice(LIST.length), label, kind: 'list', value: '' }
			: { name: label, label, kind: 'options', value: '' };
	};
	const isButton = (field) => /^fixed-collection-(add|delete)$/.test(field.dataset.testId ?? '');
	return [...document.querySelectorAll(selector.join(', '))]
		.filter((field) => field.checkVisibility() && !isButton(field))
		.map(read);
}

module.exports = { hasEnded, readChoices, readNodes, readParameters };
