import { expect, it } from 'vitest';
import { X64Assembler } from './assembler.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** Bytes that GNU as 2.40 makes of the instruction, of the forms that leave it a choice the one with a register as r/m. */
const cases: readonly (readonly [string, (asm: X64Assembler) => void, string])[] = [
  ['vmovups zmm3, [r9+64]', (asm) => asm.vectorLoad(512, 3, { base: 'r9', offset: 64 }), '62d17c48105901'],
  [
    'vmovups ymm17, [rsi+33]',
    (asm) => asm.vectorLoad(256, 17, { base: 'rsi', offset: 33 }),
    '62e17c28108e21000000',
  ],
  [
    'vmovups [rsp+1024], zmm31',
    (asm) => asm.vectorStore(512, { base: 'rsp', offset: 1024 }, 31),
    '62617c48117c2410',
  ],
  [
    'vinsertf64x4 zmm16, zmm16, [r9+8192], 1',
    (asm) => asm.insertUpper(16, 16, { base: 'r9', offset: 8192 }),
    '62c3fd401a810020000001',
  ],
  [
    'vbroadcastss zmm18, [r8+28]',
    (asm) => asm.vectorBroadcast(512, 18, { base: 'r8', offset: 28 }),
    '62c27d48185007',
  ],
  [
    'vbroadcastss ymm19, [r13]',
    (asm) => asm.vectorBroadcast(256, 19, { base: 'r13', offset: 0 }),
    '62c27d28185d00',
  ],
  ['vpxord zmm22, zmm22, zmm22', (asm) => asm.vectorZero(22), '62a14d40eff6'],
  ['vmulps zmm20, zmm18, zmm16', (asm) => asm.vectorMultiply(512, 20, 18, 16), '62a16c4059e0'],
  ['vaddps ymm5, ymm6, ymm27', (asm) => asm.vectorAdd(256, 5, 6, 27), '62914c2858eb'],
  ['mov r12, rdi', (asm) => asm.move('r12', 'rdi'), '4989fc'],
  ['mov ecx, ecx', (asm) => asm.moveLow('rcx', 'rcx'), '89c9'],
  ['mov r9d, r10d', (asm) => asm.moveLow('r9', 'r10'), '4589d1'],
  ['mov r11, 98', (asm) => asm.moveConstant('r11', 98), '49c7c362000000'],
  ['add rdi, rax', (asm) => asm.add('rdi', 'rax'), '4801c7'],
  ['add r10, -1', (asm) => asm.addConstant('r10', -1), '4983c2ff'],
  ['add rcx, 4096', (asm) => asm.addConstant('rcx', 4096), '4881c100100000'],
  ['and r10, 7', (asm) => asm.andConstant('r10', 7), '4983e207'],
  ['cmp r10, 512', (asm) => asm.compareConstant('r10', 512), '4981fa00020000'],
  ['shr r11, 3', (asm) => asm.shiftRight('r11', 3), '49c1eb03'],
  ['test r10, r10', (asm) => asm.test('r10'), '4d85d2'],
  ['push rbx', (asm) => asm.push('rbx'), '53'],
  ['push r15', (asm) => asm.push('r15'), '4157'],
  ['pop rbx', (asm) => asm.pop('rbx'), '5b'],
  ['pop r15', (asm) => asm.pop('r15'), '415f'],
  ['mov [r8+4], ebx', (asm) => asm.storeLow({ base: 'r8', offset: 4 }, 'rbx'), '41895804'],
  ['cpuid', (asm) => asm.cpuid(), '0fa2'],
  ['xgetbv', (asm) => asm.readSavedState(), '0f01d0'],
  ['vzeroupper', (asm) => asm.zeroUpper(), 'c5f877'],
  ['ret', (asm) => asm.return(), 'c3'],
];

it.each(cases)('%s', (_, write, wanted) => {
  const asm = new X64Assembler();
  write(asm);
  expect(hex(asm.toBytes())).toBe(wanted);
});

it('measures jumps, calls and loads from the end of the instruction', () => {
  const asm = new X64Assembler();
  const [start, data] = [asm.label(), asm.label()];
  asm.bind(start);
  asm.loadAt('rax', data);
  asm.jumpIf('zero', start);
  asm.call(data);
  asm.bind(data);
  // mov rax, [rip+11]; je -13; call +0
  expect(hex(asm.toBytes())).toBe('488b050b0000000f84f3ffffffe800000000');
});

it('refuses a label that is nowhere, and one in two places', () => {
  const asm = new X64Assembler();
  const label = asm.label();
  asm.call(label);
  expect(() => asm.toBytes()).toThrow('never bound');
  asm.bind(label);
  expect(() => asm.bind(label)).toThrow('bound twice');
});
