-- A report that no step of a call writes. ARGV: id, by, record as JSON, warnings as JSON, names of the floor, nonce
local F = floor_of(ARGV[5], ARGV[6])
write_report(F, ARGV[1], ARGV[2], ARGV[3], {'warnings', ARGV[4]})
return 1
