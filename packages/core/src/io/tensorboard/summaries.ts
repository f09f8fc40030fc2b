import { type EventMessage, encodeHParams } from './eventMessages.ts';
import { histogramOf } from './histogramOf.ts';

export function scalarSummary(tag: string, value: number): EventMessage {
  return { tag, simpleValue: value };
}

export function histogramSummary(tag: string, values: Iterable<number>): EventMessage {
  return { tag, histo: histogramOf(values) };
}

/** @param text - the value itself */
function pluginSummary(
  tag: string,
  plugin: { readonly pluginName: string; readonly content?: Uint8Array },
  text: string,
): EventMessage {
  return {
    tag,
    metadata: { pluginData: plugin, dataClass: 'DATA_CLASS_TENSOR' },
    tensor: { dtype: 'DT_STRING', tensorShape: {}, stringVal: [new TextEncoder().encode(text)] },
  };
}

/** @param markdown - is shown as such */
export function textSummary(tag: string, markdown: string): EventMessage {
  return pluginSummary(tag, { pluginName: 'text' }, markdown);
}

/** @param data - an `HParams`; the plugin finds each of its kinds under a tag of its own, and goes by the metadata alone */
export function hparamsSummary(
  kind: 'experiment' | 'session_start_info' | 'session_end_info',
  data: EventMessage,
): EventMessage {
  return pluginSummary(`_hparams_/${kind}`, { pluginName: 'hparams', content: encodeHParams(data) }, '');
}
