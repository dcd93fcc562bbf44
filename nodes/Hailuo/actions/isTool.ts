import type { IExecuteFunctions } from 'n8n-workflow';

/**
 * Whether an AI agent calls the node as its tool: n8n then names the node's type `hailuoTool`, and gives the agent the
 * JSON only. A file would be fetched and dropped.
 */
export const isTool = (context: IExecuteFunctions): boolean =>
	/\bhailuoTool$/.test(context.getNode().type);
