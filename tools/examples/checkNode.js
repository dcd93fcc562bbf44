'use strict';

const { NodeHelpers } = require('n8n-workflow');

/*
 * A node of a workflow against the description of its type: every parameter exists, is shown where it is used and has
 * a value that it may have. The check uses n8n's own rule for what is shown, so that a file that passes opens correctly
 * in the editor. An expression may return anything, so only its place is checked.
 */

const isExpression = (value) => typeof value === 'string' && value.startsWith('=');
const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

/** What is wrong with a value for a field; undefined when nothing is. */
function faultOf(field, value) {
	if (isExpression(value)) return undefined;
	const { type, typeOptions = {}, options = [] } = field;
	const choices = options.map((option) => option.value);
	switch (type) {
		case 'options':
			// A list that n8n loads from the service has no choices here.
			return choices.length && !choices.includes(value)
				? `may be ${choices.join(', ')}, not ${JSON.stringify(value)}`
				: undefined;
		case 'multiOptions':
			if (!Array.isArray(value)) return 'is no list';
			return value.every((one) => !choices.length || choices.includes(one))
				? undefined
				: `may hold ${choices.join(', ')}`;
		case 'boolean':
			return typeof value === 'boolean' ? undefined : 'is neither true nor false';
		case 'number': {
			if (typeof value !== 'number') return 'is not a number';
			const { minValue = -Infinity, maxValue = Infinity } = typeOptions;
			return value < minValue || value > maxValue
				? `is not within ${minValue} and ${maxValue}`
				: undefined;
		}
		case 'string':
		case 'json':
			return typeof value === 'string' ? undefined : 'is no text';
		case 'resourceLocator': {
			if (!isObject(value) || value.__rl !== true) return 'is no resource locator';
			const modes = field.modes.map(({ name }) => name);
			return modes.includes(value.mode) ? undefined : `has the modes ${modes.join(', ')}`;
		}
		default:
			return undefined;
	}
}

/**
 * @param {{name: string, typeVersion: number, parameters: object}} node
 * @param {any} description of the node's type, in the version of the node
 * @returns {string[]} what is wrong, each with its path
 */
function checkNode(node, description) {
	const { properties } = description;
	const root = NodeHelpers.getNodeParameters(
		properties,
		node.parameters,
		true,
		false,
		node,
		description,
	);
	const isShown = (field, level) =>
		NodeHelpers.displayParameter(level, field, node, description, root ?? undefined);

	function check(given, fields, level, where) {
		return Object.entries(given).flatMap(([name, value]) => {
			const at = `${where} > ${name}`;
			const called = fields.filter((field) => field.name === name);
			if (called.length === 0) return [`${at}: there is no such field`];
			const shown = called.filter((field) => isShown(field, level));
			if (shown.length === 0) return [`${at}: is not shown here`];
			const found = shown.map((field) => inside(field, value, at));
			// There may be several fields of one name, for different versions: one that fits is enough.
			return found.find((faults) => faults.length === 0) ?? found[0];
		});
	}

	function inside(field, value, at) {
		if (isExpression(value)) return [];
		if (field.type === 'collection') return check(value, field.options, value, at);
		if (field.type === 'fixedCollection') {
			return Object.entries(value).flatMap(([group, entries]) => {
				const known = field.options.find((option) => option.name === group);
				if (!known) return [`${at}: has no group '${group}'`];
				return [entries].flat().flatMap((entry) => {
					const defaults = Object.fromEntries(known.values.map((f) => [f.name, f.default]));
					return check(entry, known.values, { ...defaults, ...entry }, `${at} > ${group}`);
				});
			});
		}
		const fault = faultOf(field, value);
		return fault ? [`${at}: ${fault}`] : [];
	}

	return check(node.parameters, properties, root, node.name);
}

module.exports = { checkNode };
