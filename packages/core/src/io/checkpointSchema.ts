/** `checkpoint.proto` as data, written by `scripts/protoSchemas.ts`. */
export const checkpointSchema = {
  nested: {
    lockstep: {
      nested: {
        checkpoint: {
          nested: {
            Record: {
              oneofs: { kind: { oneof: ['preamble', 'header', 'epoch', 'tensor', 'part', 'end'] } },
              fields: {
                preamble: { type: 'Preamble', id: 1 },
                header: { type: 'Header', id: 2 },
                epoch: { type: 'Epoch', id: 3 },
                tensor: { type: 'Tensor', id: 4 },
                part: { type: 'bytes', id: 5 },
                end: { type: 'End', id: 6 },
              },
            },
            Preamble: { fields: { format: { type: 'string', id: 1 }, version: { type: 'uint32', id: 2 } } },
            Header: {
              oneofs: { _mode: { oneof: ['mode'] } },
              fields: {
                numericsVersion: { type: 'uint32', id: 1, protoName: 'numerics_version' },
                name: { type: 'string', id: 2 },
                seed: { type: 'double', id: 3 },
                configuration: { type: 'double', id: 4 },
                preprocessing: { type: 'double', id: 5 },
                loop: { type: 'Loop', id: 6 },
                done: { type: 'Done', id: 7 },
                epochs: { type: 'double', id: 8 },
                tensors: { type: 'double', id: 9 },
                mode: { type: 'string', id: 10, options: { proto3_optional: true } },
              },
            },
            Loop: {
              oneofs: { due: { oneof: ['dueEpoch', 'dueStep'] } },
              fields: {
                epoch: { type: 'double', id: 1 },
                step: { type: 'double', id: 2 },
                stepsMade: { type: 'double', id: 3, protoName: 'steps_made' },
                sums: { type: 'Sums', id: 4 },
                stopping: { type: 'Monitor', id: 5 },
                plateau: { type: 'Plateau', id: 6 },
                steering: { type: 'Steering', id: 7 },
                learningRate: { type: 'double', id: 8, protoName: 'learning_rate' },
                bestEpoch: { type: 'Epoch', id: 9, protoName: 'best_epoch' },
                dueEpoch: { type: 'Epoch', id: 10, protoName: 'due_epoch' },
                dueStep: { type: 'Step', id: 11, protoName: 'due_step' },
              },
            },
            Sums: {
              fields: {
                rows: { type: 'double', id: 1 },
                loss: { type: 'double', id: 2 },
                metrics: { rule: 'repeated', type: 'Totals', id: 3 },
                staleness: { rule: 'repeated', type: 'Staleness', id: 4 },
              },
            },
            Staleness: { fields: { histogram: { rule: 'repeated', type: 'uint32', id: 1 } } },
            Totals: {
              fields: { rows: { type: 'double', id: 1 }, sums: { rule: 'repeated', type: 'Doubles', id: 2 } },
            },
            Doubles: { fields: { values: { rule: 'repeated', type: 'double', id: 1 } } },
            Monitor: {
              oneofs: { _best: { oneof: ['best'] } },
              fields: {
                best: { type: 'double', id: 1, options: { proto3_optional: true } },
                waited: { type: 'double', id: 2 },
              },
            },
            Plateau: {
              oneofs: { _best: { oneof: ['best'] } },
              fields: {
                best: { type: 'double', id: 1, options: { proto3_optional: true } },
                waited: { type: 'double', id: 2 },
                cooling: { type: 'double', id: 3 },
              },
            },
            Steering: {
              oneofs: { _learningRate: { oneof: ['learningRate'] } },
              fields: {
                factor: { type: 'double', id: 1 },
                minimum: { type: 'double', id: 2 },
                learningRate: {
                  type: 'double',
                  id: 3,
                  protoName: 'learning_rate',
                  options: { proto3_optional: true },
                },
              },
            },
            Judgement: {
              oneofs: { _valLoss: { oneof: ['valLoss'] } },
              fields: {
                loss: { type: 'double', id: 1 },
                metrics: { keyType: 'string', type: 'double', id: 2 },
                tables: { type: 'Tables', id: 3 },
                valLoss: { type: 'double', id: 4, protoName: 'val_loss', options: { proto3_optional: true } },
                valMetrics: { type: 'Values', id: 5, protoName: 'val_metrics' },
                valTables: { type: 'Tables', id: 6, protoName: 'val_tables' },
              },
            },
            Values: { fields: { values: { keyType: 'string', type: 'double', id: 1 } } },
            Tables: { fields: { tables: { keyType: 'string', type: 'Matrix', id: 1 } } },
            Matrix: { fields: { rows: { rule: 'repeated', type: 'Doubles', id: 1 } } },
            Epoch: {
              oneofs: { _waitingForData: { oneof: ['waitingForData'] } },
              fields: {
                epoch: { type: 'double', id: 1 },
                epochs: { type: 'double', id: 2 },
                step: { type: 'double', id: 3 },
                judgement: { type: 'Judgement', id: 4 },
                learningRate: { type: 'double', id: 5, protoName: 'learning_rate' },
                samplesPerSecond: { type: 'double', id: 6, protoName: 'samples_per_second' },
                waitingForData: {
                  type: 'double',
                  id: 7,
                  protoName: 'waiting_for_data',
                  options: { proto3_optional: true },
                },
                staleness: { rule: 'repeated', type: 'Staleness', id: 8 },
              },
            },
            Step: {
              fields: {
                epoch: { type: 'double', id: 1 },
                step: { type: 'double', id: 2 },
                totalSteps: { type: 'double', id: 3, protoName: 'total_steps' },
                loss: { type: 'double', id: 4 },
                learningRate: { type: 'double', id: 5, protoName: 'learning_rate' },
                samplesPerSecond: { type: 'double', id: 6, protoName: 'samples_per_second' },
              },
            },
            Done: {
              fields: {
                reason: { type: 'string', id: 1 },
                epochs: { type: 'double', id: 2 },
                steps: { type: 'double', id: 3 },
                judgement: { type: 'Judgement', id: 4 },
                weightsHash: { type: 'string', id: 5, protoName: 'weights_hash' },
                samplesPerSecond: { type: 'double', id: 6, protoName: 'samples_per_second' },
                wallSeconds: { type: 'double', id: 7, protoName: 'wall_seconds' },
              },
            },
            Tensor: {
              fields: {
                set: { type: 'string', id: 1 },
                path: { type: 'string', id: 2 },
                role: { type: 'string', id: 3 },
                shape: { rule: 'repeated', type: 'uint32', id: 4 },
                dtype: { type: 'string', id: 5 },
                checksum: { type: 'fixed32', id: 6 },
              },
            },
            End: { fields: {} },
          },
        },
      },
    },
  },
};
