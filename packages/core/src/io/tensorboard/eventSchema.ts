/** `event.proto` as data, written by `scripts/protoSchemas.ts`. */
export const eventSchema = {
  nested: {
    lockstep: {
      nested: {
        tensorboard: {
          nested: {
            Event: {
              oneofs: { what: { oneof: ['fileVersion', 'summary', 'sessionLog'] } },
              fields: {
                wallTime: { type: 'double', id: 1, protoName: 'wall_time' },
                step: { type: 'int64', id: 2 },
                fileVersion: { type: 'string', id: 3, protoName: 'file_version' },
                summary: { type: 'Summary', id: 5 },
                sessionLog: { type: 'SessionLog', id: 7, protoName: 'session_log' },
              },
            },
            SessionLog: {
              fields: { status: { type: 'SessionStatus', id: 1 } },
              nested: { SessionStatus: { values: { STATUS_UNSPECIFIED: 0, START: 1 } } },
            },
            Summary: {
              fields: { value: { rule: 'repeated', type: 'Value', id: 1 } },
              nested: {
                Value: {
                  oneofs: { value: { oneof: ['simpleValue', 'histo', 'tensor'] } },
                  fields: {
                    tag: { type: 'string', id: 1 },
                    simpleValue: { type: 'float', id: 2, protoName: 'simple_value' },
                    histo: { type: 'Histogram', id: 5 },
                    tensor: { type: 'Tensor', id: 8 },
                    metadata: { type: 'Metadata', id: 9 },
                  },
                },
              },
            },
            Metadata: {
              fields: {
                pluginData: { type: 'PluginData', id: 1, protoName: 'plugin_data' },
                dataClass: { type: 'DataClass', id: 4, protoName: 'data_class' },
              },
              nested: {
                PluginData: {
                  fields: {
                    pluginName: { type: 'string', id: 1, protoName: 'plugin_name' },
                    content: { type: 'bytes', id: 2 },
                  },
                },
                DataClass: { values: { DATA_CLASS_UNKNOWN: 0, DATA_CLASS_TENSOR: 2 } },
              },
            },
            Histogram: {
              fields: {
                min: { type: 'double', id: 1 },
                max: { type: 'double', id: 2 },
                num: { type: 'double', id: 3 },
                sum: { type: 'double', id: 4 },
                sumSquares: { type: 'double', id: 5, protoName: 'sum_squares' },
                bucketLimit: { rule: 'repeated', type: 'double', id: 6, protoName: 'bucket_limit' },
                bucket: { rule: 'repeated', type: 'double', id: 7 },
              },
            },
            Tensor: {
              fields: {
                dtype: { type: 'DataType', id: 1 },
                tensorShape: { type: 'Shape', id: 2, protoName: 'tensor_shape' },
                stringVal: { rule: 'repeated', type: 'bytes', id: 8, protoName: 'string_val' },
              },
              nested: { DataType: { values: { DT_INVALID: 0, DT_STRING: 7 } } },
            },
            Shape: { fields: {} },
            HParams: {
              oneofs: { data: { oneof: ['experiment', 'sessionStartInfo', 'sessionEndInfo'] } },
              fields: {
                version: { type: 'int32', id: 1 },
                experiment: { type: 'Experiment', id: 2 },
                sessionStartInfo: { type: 'SessionStart', id: 3, protoName: 'session_start_info' },
                sessionEndInfo: { type: 'SessionEnd', id: 4, protoName: 'session_end_info' },
              },
            },
            Experiment: {
              fields: {
                hparamInfos: {
                  rule: 'repeated',
                  type: 'HyperparameterInfo',
                  id: 4,
                  protoName: 'hparam_infos',
                },
                metricInfos: { rule: 'repeated', type: 'MetricInfo', id: 5, protoName: 'metric_infos' },
              },
              nested: {
                DataType: {
                  values: {
                    DATA_TYPE_UNSET: 0,
                    DATA_TYPE_STRING: 1,
                    DATA_TYPE_BOOL: 2,
                    DATA_TYPE_FLOAT64: 3,
                  },
                },
                HyperparameterInfo: {
                  fields: { name: { type: 'string', id: 1 }, type: { type: 'DataType', id: 4 } },
                },
                MetricName: { fields: { tag: { type: 'string', id: 2 } } },
                MetricInfo: { fields: { name: { type: 'MetricName', id: 1 } } },
              },
            },
            SessionStart: {
              fields: {
                hparams: { keyType: 'string', type: 'Hyperparameter', id: 1 },
                startTimeSecs: { type: 'double', id: 5, protoName: 'start_time_secs' },
              },
            },
            Hyperparameter: {
              oneofs: { kind: { oneof: ['numberValue', 'stringValue', 'boolValue'] } },
              fields: {
                numberValue: { type: 'double', id: 2, protoName: 'number_value' },
                stringValue: { type: 'string', id: 3, protoName: 'string_value' },
                boolValue: { type: 'bool', id: 4, protoName: 'bool_value' },
              },
            },
            SessionEnd: {
              fields: {
                status: { type: 'Status', id: 1 },
                endTimeSecs: { type: 'double', id: 2, protoName: 'end_time_secs' },
              },
              nested: { Status: { values: { STATUS_UNKNOWN: 0, STATUS_SUCCESS: 1 } } },
            },
          },
        },
      },
    },
  },
};
