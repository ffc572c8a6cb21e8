// The part of WebAssembly's JavaScript interface that we use: the types of Node.js 20 have none, those of browsers would
// bring all the rest of a browser along.

declare namespace WebAssembly {
  class Memory {
    readonly buffer: ArrayBuffer;
  }
  class Module {
    constructor(bytes: Uint8Array);
    static imports(module: Module): { readonly module: string; readonly name: string }[];
  }
  class Instance {
    constructor(module: Module, imports?: Imports);
    readonly exports: { readonly [name: string]: ExportValue };
  }
  class RuntimeError extends Error {}
  type ExportValue = ((...args: number[]) => unknown) | Memory | object;
  // biome-ignore lint/suspicious/noExplicitAny: the engine calls it with whatever the module passes
  type Import = (...args: any[]) => unknown;
  type ModuleImports = { readonly [name: string]: Import };
  type Imports = { readonly [module: string]: ModuleImports };
}
