'use strict';

const PACKAGE = 'n8n-nodes-hailuo';

/**
 * A workflow whose nodes follow one another.
 * @param {string} name
 * @param {Array<{name: string, type: string, typeVersion?: number, parameters?: object,
 *   credentials?: object, [more: string]: any}>} nodes in their order; position is given
 */
function chain(name, nodes) {
	const connections = {};
	for (const [i, node] of nodes.slice(0, -1).entries()) {
		connections[node.name] = { main: [[{ node: nodes[i + 1].name, type: 'main', index: 0 }]] };
	}
	const placed = nodes.map((node, i) => ({
		id: `node-${i}`,
		typeVersion: 1,
		position: [i * 220, 0],
		parameters: {},
		...node,
	}));
	return { name, nodes: placed, connections };
}

const manualTrigger = () => ({ name: 'Start', type: 'n8n-nodes-base.manualTrigger' });

/**
 * Items given as they are, each with its own fields.
 * @param {object[]} list
 */
const items = (list, name = 'Items') => ({
	name,
	type: 'n8n-nodes-base.code',
	typeVersion: 2,
	parameters: { jsCode: `return ${JSON.stringify(list)}.map((json) => ({ json }));` },
});

/**
 * One item with a file as binary data, without a file on the disk or a server: two nodes of n8n's
 * own, the second makes a file of the first one's base64.
 * @param {Buffer} bytes
 * @param {{fileName?: string, mimeType?: string, field?: string}} [options]
 */
function picture(bytes, options = {}) {
	const { fileName = 'picture.jpg', mimeType = 'image/jpeg', field = 'data' } = options;
	const value = { id: 'picture', name: 'picture', value: bytes.toString('base64'), type: 'string' };
	return [
		{
			name: 'Base64',
			type: 'n8n-nodes-base.set',
			typeVersion: 3.4,
			parameters: { assignments: { assignments: [value] }, options: {} },
		},
		{
			name: 'Picture',
			type: 'n8n-nodes-base.convertToFile',
			typeVersion: 1.1,
			parameters: {
				operation: 'toBinary',
				sourceProperty: 'picture',
				binaryPropertyName: field,
				options: { fileName, mimeType },
			},
		},
	];
}

/**
 * The action node.
 * @param {object} parameters
 * @param {Record<string, {id: string, name: string}>} credentials by type
 */
const hailuo = (parameters, credentials, more = {}) => ({
	name: 'Hailuo',
	type: `${PACKAGE}.hailuo`,
	parameters,
	credentials,
	...more,
});

module.exports = { PACKAGE, chain, hailuo, items, manualTrigger, picture };
