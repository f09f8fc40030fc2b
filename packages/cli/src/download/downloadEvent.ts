/** What happens while a data set is downloaded; `--json` prints it as it is. */
export type DownloadEvent =
  | { readonly type: 'kept'; readonly file: string }
  | { readonly type: 'download'; readonly file: string; readonly url: string; readonly from: number }
  | { readonly type: 'progress'; readonly file: string; readonly bytes: number; readonly total?: number }
  | { readonly type: 'stored'; readonly file: string; readonly bytes: number }
  | { readonly type: 'warning'; readonly message: string };

export type DownloadListener = (event: DownloadEvent) => void;
